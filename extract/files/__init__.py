"""Received files: find them, parse them, and land each set as one load."""
