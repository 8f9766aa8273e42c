"""The rehearsal of production: dbt-athena on a real Trino, S3 and Glue by moto, no account."""
