"""Repeatable measurements, and what they are made with: synthetic works and a stand-in of the API.

See README.md beside this file.
"""
