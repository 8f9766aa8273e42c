"""The loader: lands Open Library subjects and received files, unchanged, in the raw zone."""

__version__ = "0.1.0"
