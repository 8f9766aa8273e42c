"""The loader, the packages, and the tables on DuckDB."""
