"""Every test of the project; dbt reads those of its own in dbt/."""
