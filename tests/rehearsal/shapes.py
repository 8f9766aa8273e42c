"""Whether an answer is one that AWS gives: compared with botocore's model of its API."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, StringShape, StructureShape
from botocore.session import get_session
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import ServiceModel, Shape


def flaws(service: str, operation: str, answer: dict[str, Any]) -> list[str]:
    """What the answer lacks, what it has and the model does not know, what is of another type.

    The validator is botocore's own for requests, which leaves the values of enumerations to AWS.
    """
    shape = _model(service).operation_model(operation).output_shape
    assert shape is not None  # no operation that the service knows is without one
    report = ParamValidator().validate(answer, shape)
    found = report.generate_report().splitlines() if report.has_errors() else []
    return found or list(_unknown_values(answer, shape))


@cache
def _model(service: str) -> ServiceModel:
    return get_session().get_service_model(service)


def _unknown_values(value: Any, shape: Shape) -> Iterator[str]:  # noqa: ANN401
    match shape:
        case StructureShape():
            for name in value:
                yield from _unknown_values(value[name], shape.members[name])
        case ListShape():
            for element in value:
                yield from _unknown_values(element, shape.member)
        case StringShape() if shape.enum and value not in shape.enum:
            yield f"{shape.name} is {value!r}, and may be {', '.join(shape.enum)}"
