"""Every test of the project; those of dbt are in dbt/."""
