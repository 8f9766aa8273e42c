"""What can go wrong, and the exit code that says so.

::

    PublishError            1  a defect of the program itself
    ├── InvalidInput        2  an argument or a setting
    ├── WarehouseError      3  the warehouse cannot be read: not built, locked, no access
    └── DestinationError    4  what is published cannot be written where it should go
"""

from typing import ClassVar


class PublishError(Exception):
    """Base of all errors; its text is one line: what, where, what to do.

    What it quotes from outside can neither break that line nor steer a terminal.
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
    """What is published cannot be written where it should go."""

    exit_code = 4
