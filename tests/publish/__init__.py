"""The report, the slides and the exports."""
