"""The way out: what is in the marts, as files, as tables of PostgreSQL, as a report."""
