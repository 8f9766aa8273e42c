"""Repeatable measurements of what the project promises about its speed; see README.md."""
