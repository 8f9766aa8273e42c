"""The slides of docs/presentation.md, filled in with what is in the marts, as one HTML file."""
