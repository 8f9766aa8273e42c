"""Say in one line why DuckDB cannot open the warehouse, where dbt would show a traceback.

profiles.yml names this file as a plugin of dbt-duckdb, which calls it before opening the warehouse.
"""

from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

WHAT_TO_DO = {
    "Conflicting lock": "wait until that process ends",
    "No such file or directory": "create the folder",
    "denied": "get permission to write there",
    "Read-only": "get permission to write there",
}


class Plugin(BasePlugin):
    """Opens the warehouse once, to see whether dbt can."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Change nothing.

        Raises:
            DbtRuntimeError: the warehouse cannot be opened, or not with this much memory.
        """
        try:
            duckdb.connect(creds.path, config=config).close()
        except duckdb.Error as error:
            why = str(error).splitlines()[0].partition(" See also ")[0].rstrip(".")
            if "emory" in why or "percentage" in why:
                raise DbtRuntimeError(
                    f"DUCKDB_MEMORY_LIMIT is {config['memory_limit']}: set it to an amount, as 4GB,"
                    " or to a share of the memory that is there, as 50%"
                ) from error
            what = next((do for text, do in WHAT_TO_DO.items() if text in why), "repair it")
            raise DbtRuntimeError(
                f"{why}: {what}, or set WAREHOUSE_PATH to another file (docs/runbooks/build.md)"
            ) from error
