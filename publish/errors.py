"""What can go wrong, and the exit code for it.

::

    PublishError            1  a bug in publish itself
    ├── InvalidInput        2  an argument or a setting
    ├── WarehouseError      3  the warehouse cannot be read: not built, locked, no access
    └── DestinationError    4  the destination cannot be written
"""

from typing import ClassVar


class PublishError(Exception):
    """Base of all errors; its text is one line: what, where, what to do.

    Text quoted from outside can neither break the line nor control the terminal.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        printable = "".join(sign if sign.isprintable() else " " for sign in message)
        super().__init__(" ".join(printable.split()))


class InvalidInput(PublishError):
    """An argument or a setting cannot be used."""

    exit_code = 2


class WarehouseError(PublishError):
    """The warehouse cannot be read: it is not built, or locked, or access is denied."""

    exit_code = 3


class DestinationError(PublishError):
    """The destination cannot be written."""

    exit_code = 4
