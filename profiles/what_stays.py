"""Spare Python the search for garbage among what dbt keeps.

profiles.yml names this file as a plugin of dbt-duckdb, which calls it once the warehouse is open.
By then dbt has read the project, and keeps it until it ends. Python would look through all that
again and again, which takes a twentieth of a build's CPU.
"""

import gc

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin


class Plugin(BasePlugin):
    """Tells Python what stays."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Exempt all that there is; the connection stays as it is."""
        gc.freeze()
