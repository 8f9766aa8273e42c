"""The tables that dbt builds on DuckDB."""
