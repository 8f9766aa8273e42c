"""The loader: lands Open Library subjects, untouched and verified, in the raw zone."""

__version__ = "0.1.0"
