"""The report: one HTML file of what is in the marts, how it came there, and whether to trust it."""
