"""A stand-in for AWS on 127.0.0.1: an account with nothing in it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def empty_account() -> Iterator[dict[str, str]]:
    """Run moto and give the environment that leads programs to it."""
    aws = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    aws.start()
    host, port = aws.get_host_and_port()
    try:
        yield {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",  # moto asks for one and checks none
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        aws.stop()
