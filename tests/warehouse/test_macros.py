"""Each dialect macro on a table of inputs; the expected values are by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.project import Project

pytestmark = pytest.mark.xdist_group("macros")  # what is built, is built once

# macro call over the column `x`, input, what must come out as text (None: null)
CASES: list[tuple[str, str | None, str | None]] = [
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", '{"a": 1, "b": 2}', "1"),
    ("json_fields('x', ['$.a', '$.b']) ~ '[2]'", '{"a": 1, "b": "2"}', '"2"'),
    ("json_fields('x', ['$.a', '$.b']) ~ '[2]'", '{"a": 1}', None),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", "not JSON", None),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", None, None),
    ("json_fields('x', ['$.a.b', '$.b']) ~ '[1]'", '{"a": {"b": [1,2]}}', "[1,2]"),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", "[1]", None),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", '{"a":1,"a":2}', "1"),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", '{"a":1} more', None),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", '{"a":"nul \\u0000"}', '"nul \\u0000"'),
    ("json_fields('x', ['$.a', '$.b']) ~ '[1]'", '{"a":{"c":1,"b":2}}', '{"c":1,"b":2}'),
    ("json_texts('x', ['$.a', '$.b.c']) ~ '[1]'", '{"a": 1, "b": {"c": "2"}}', "1"),
    ("json_texts('x', ['$.a', '$.b.c']) ~ '[2]'", '{"a": 1, "b": {"c": "2"}}', "2"),
    ("json_texts('x', ['$.a', '$.b.c']) ~ '[2]'", '{"a": 1}', None),
    ("json_texts('x', ['$.a', '$.b']) ~ '[1]'", '{"a": "\\"é\\""}', '"é"'),
    ("json_texts('x', ['$.a', '$.b']) ~ '[1]'", '{"a": null}', None),
    ("json_texts('x', ['$.a', '$.b']) ~ '[1]'", "not JSON", None),
    ("json_scalar('x')", '"text"', "text"),
    ("json_scalar('x')", '"a \\"quoted\\" \\u00e9"', 'a "quoted" é'),
    ("json_scalar('x')", "12", "12"),
    ("json_scalar('x')", "true", "true"),
    ("json_scalar('x')", "null", None),
    ("json_scalar('x')", '{"a":1}', None),
    ("json_scalar('x')", "[1]", None),
    ("json_scalar('x')", None, None),
    ("json_integer('x')", "1984", "1984"),
    ("json_integer('x')", '"1984"', "1984"),
    ("json_integer('x')", "-1", "-1"),
    ("json_integer('x')", "1.5", None),
    ("json_integer('x')", "1e3", None),
    ("json_integer('x')", "99999999999", "99999999999"),
    ("json_integer('x')", "99999999999999999999", None),
    ("json_integer('x')", "true", None),
    ("json_integer('x')", "null", None),
    ("json_integer('x')", '"c. 1984"', None),
    ("json_boolean('x')", "true", "true"),
    ("json_boolean('x')", "false", "false"),
    ("json_boolean('x')", '"true"', None),
    ("json_boolean('x')", "1", None),
    ("json_kind('x')", '{"a":1}', "{"),
    ("json_kind('x')", "[]", "["),
    ("json_kind('x')", "null", "n"),
    ("json_kind('x')", None, None),
    ("json_kind('x')", '"s"', '"'),
    ("list_join(json_pluck('x', 'key'))", '[{"key":"a"},{"key":"b"}]', '"a""b"'),
    ("list_join(json_pluck('x', 'key'))", '[{"key":"a"},{"no":1}]', '"a"'),
    ("list_join(json_pluck('x', 'key'))", '[{"key":"a","key":"b"}]', '"a"'),
    ("list_join(json_pluck('x', 'key'))", '["bare",null,{"key":{"a":1}}]', '{"a":1}'),
    ("list_join(json_pluck('x', 'key'))", "[]", ""),
    ("iso_timestamp('x')", "2026-11-21T08:00:00.123456Z", "2026-11-21 08:00:00.123456"),
    ("iso_timestamp('x')", "yesterday", None),
    ("text_matches('x', '^/works/OL[0-9]+[WM]$')", "/works/OL1W", "true"),
    ("text_matches('x', '^/works/OL[0-9]+[WM]$')", "/works/OL1A", "false"),
    ("text_matches('x', '^a$')", None, None),
    (
        "seconds_between(iso_timestamp('x'), iso_timestamp(\"'2026-11-21T08:00:01Z'\")) ~ ' = 1.5'",
        "2026-11-21T07:59:59.500Z",
        "true",
    ),
    (
        "seconds_between(iso_timestamp('x'), iso_timestamp(\"'2026-11-21T08:00:01Z'\")) ~ ' = 1.5'",
        "2026-11-21T07:59:59.500999Z",
        "true",
    ),
    (
        "offset_timestamp('x') ~ \" = timestamp '2021-12-06 18:30:19.099'\"",
        "2021-12-06T19:30:19.099+0100",
        "true",
    ),
    (
        "offset_timestamp('x') ~ \" = timestamp '2021-12-06 18:30:19'\"",
        "2021-12-06T19:30:19+01:00",
        "true",
    ),
    (
        "offset_timestamp('x') ~ \" = timestamp '2022-01-01 05:00:00.5'\"",
        "2021-12-31T23:30:00.5-0530",
        "true",
    ),
    (
        "offset_timestamp('x') ~ \" = timestamp '1956-05-07 00:00:00'\"",
        "1956-05-07T00:00:00.000Z",
        "true",
    ),
    ("offset_timestamp('x')", "2021-12-06T19:30:19", None),
    ("offset_timestamp('x')", "2021-12-06 19:30:19+0100", None),
    ("offset_timestamp('x')", "2021-02-29T08:00:00Z", None),
    ("offset_timestamp('x')", "2021-12-06T24:00:01Z", None),
    ("offset_timestamp('x')", "2021-12-06T24:00:00Z", None),
    ("offset_timestamp('x')", "2021-12-06T23:59:60Z", None),
    ("offset_timestamp('x') ~ ' is not null'", "2021-12-06T08:00:00+14:00", "true"),
    ("offset_timestamp('x')", "2021-12-06T08:00:00+14:01", None),
    ("offset_timestamp('x')", "2021-12-06T08:00:00-0160", None),
    ("offset_timestamp('x')", "2021-12-06T08:00:00+01", None),
    ("offset_timestamp('x')", "2021-12-06T08:60:00Z", None),
    ("offset_timestamp('x')", "2021-12-06T08:00:00.1234567Z", None),
    ("offset_timestamp('x')", "yesterday", None),
    ("offset_timestamp('x')", "", None),
    ("json_number('x') ~ ' = 613.4245936603365e0'", "613.4245936603365", "true"),
    ("json_number('x') ~ ' = 1857e0'", '"1857"', "true"),
    ("json_number('x') ~ ' = -0.0125e0'", "-1.25e-2", "true"),
    ("json_number('x') ~ ' = 0e0'", "0", "true"),
    ("json_number('x') ~ ' = 1000e0'", "1E3", "true"),
    ("json_number('x')", '"NaN"', None),
    ("json_number('x')", '"inf"', None),
    ("json_number('x')", '"1e400"', None),
    ("json_number('x')", '" 1"', None),
    ("json_number('x')", '"1_000"', None),
    ("json_number('x')", '"1,5"', None),
    ("json_number('x')", '""', None),
    ("json_number('x')", "null", None),
    ("json_number('x')", '"0x10"', None),
    ("json_number('x')", '"1d"', None),
    ("json_number('x')", "true", None),
    ("json_number('x')", "[1]", None),
    ("is_blank_json('x')", "null", "true"),
    ("is_blank_json('x')", '""', "true"),
    ("is_blank_json('x')", '" "', "false"),
    ("is_blank_json('x')", None, None),
    ("surrogate_key(['x', \"'Austen'\"])", "Emma", "a3b05fd4a27afba8e3f3ce98bec4a2d1"),
    ("surrogate_key(['x', \"'Austen'\"])", None, None),
    ("normalised_text('x')", "The  Waste-Land!", "the waste land"),
    ("normalised_text('x')", "Les Misérables", "les miserables"),
    ("normalised_text('x')", "Les Mise\u0301rables", "les miserables"),
    ("normalised_text('x')", "Ångström, Øre & Łódź", "angstrom øre łodz"),
    ("normalised_text('x')", "Война и мир", "воина и мир"),
    ("normalised_text('x')", "한국어 책", "한국어 책"),
    ("normalised_text('x')", "E.M. Forster № 1", "e m forster 1"),
    ("normalised_text('x')", "!?", ""),
    ("normalised_text('x')", None, None),
    ("word_overlap('x', \"'jane austen'\") ~ ' = 1'", "jane austen", "true"),
    ("word_overlap('x', \"'jane austen'\") ~ ' = 1'", "austen jane", "true"),
    ("word_overlap('x', \"'jane austen'\") ~ ' = 0.5'", "austen", "true"),
    ("word_overlap('x', \"'jane austen'\") ~ ' = 1'", "jane jane austen", "true"),
    ("word_overlap('x', \"'jane austen'\") ~ ' = 0'", "emma", "true"),
    ("word_overlap('x', \"'jane austen'\")", None, None),
    ("word_overlap('x', \"'jane austen'\") ~ ' = 1e0 / 3'", "jane smith", "true"),
]


def literal(text: str | None) -> str:
    return "cast(null as varchar)" if text is None else "'" + text.replace("'", "''") + "'"


def results_of(dbt: Callable[..., str]) -> list[str | None]:
    """What came out of each case, asked of an engine in one query."""
    selects = [
        f"select {place} as place, cast({{{{ {call} }}}} as varchar) as result "  # noqa: S608
        f"from (select {literal(given)} as x) as given"
        for place, (call, given, _) in enumerate(CASES)
    ]
    shown = dbt(
        *("--quiet", "show", "--output", "json", "--limit", str(len(CASES))),
        *("--inline", " union all ".join(selects)),
    )
    rows = json.loads(shown[shown.index("{") :])["show"]
    return [row["result"] for row in sorted(rows, key=lambda row: row["place"])]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[str | None]:
    return results_of(Project(tmp_path_factory.mktemp("macros")).dbt)


@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda place: CASES[place][0][:30])
def test_macro(place: int, results: list[str | None]) -> None:
    call, given, expected = CASES[place]
    assert results[place] == expected, (call, given)


def test_every_dispatched_macro_is_here() -> None:
    macros = Path(__file__).parents[2] / "macros"
    dispatched = {path.stem for path in macros.rglob("*.sql") if "duckdb__" in path.read_text()} - {
        "create_raw_views",
        "distinct_row_count",
        "not_materialized",
        "repeated_rows",
        "snapshot_get_time",
        "unnested",
    }  # seen at work by every build
    assert {name for name in dispatched if not any(name in call for call, _, _ in CASES)} == set()
