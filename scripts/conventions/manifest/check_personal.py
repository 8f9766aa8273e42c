"""Rule on personal data for dbt-bouncer: exports leave out what the contracts mark."""

import re
from typing import Any

from dbt_bouncer.check_framework.decorator import check, fail  # type: ignore[import-untyped]

OF_PEOPLE = re.compile(r"^(user_(key|id|name)|(first|last|full)_name|(.+_)?(email|phone|address))$")


@check  # type: ignore[untyped-decorator]
def check_model_personal_columns_are_marked(model: Any) -> None:  # noqa: ANN401 - dbt's artefact
    """A column that is named like a person's name, address or key is marked as personal."""
    for name, column in (model.columns or {}).items():
        config = column.config
        if OF_PEOPLE.match(name) and not (config and (config.meta or {}).get("personal")):
            fail(
                f"`{model.name}.{name}` is not marked as personal, so exports would contain it:"
                " add `config: {meta: {personal: true}}` to the column."
            )
