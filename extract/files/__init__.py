"""Received files: found, taken apart, landed as one load."""
