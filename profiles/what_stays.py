"""Spare Python the search for garbage among what dbt keeps.

profiles.yml names this file as a plugin of dbt-duckdb, which calls it once it has opened the warehouse.
By then dbt has read the project, and it keeps that until it ends. Python would look through it again and
again, which takes a twentieth of a build's CPU.
"""

import gc

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin


class Plugin(BasePlugin):
    """Tells Python what stays."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:  # noqa: ARG002 - dbt's
        """Exempt everything that there is; the connection stays as it is."""
        gc.freeze()
