"""The slides of docs/presentation.md, filled in from the marts, as one HTML file."""
