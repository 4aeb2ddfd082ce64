"""Spans of days and saved searches, as lines that a person's row keeps."""

from datetime import date

import pytest

from app.text import quiet_days, saved_searches
from app.text.saved_searches import SavedSearch


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([("2020-02-01", "2020-02-03"), ("2020-02-04", "2020-02-05")], "2020-02-01 2020-02-05"),
        ([("2020-02-01", "2020-02-09"), ("2020-02-03", "2020-02-04")], "2020-02-01 2020-02-09"),
        ([("2021-01-01", "2021-01-01"), ("2020-01-01", "2020-01-01")], "2020-01-01 2020-01-01\n2021-01-01 2021-01-01"),
        ([("0001-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31")], "0001-01-01 9999-12-31"),
        ([], ""),
    ],
)
def test_spans_that_meet_are_one(spans: list[tuple[str, str]], kept: str) -> None:
    text = quiet_days.write([(day(first), day(last)) for first, last in spans])
    assert text == kept and quiet_days.write(quiet_days.parse(text)) == kept


def test_lines_that_are_no_spans_are_left_out_and_the_order_of_a_span_is_its_days() -> None:
    assert quiet_days.parse("x\n2020-13-01 2020-01-02\n\n2020-01-05\n2020-01-05 2020-01-03\n") == [(day("2020-01-03"), day("2020-01-05"))]


def test_a_day_is_quiet_from_the_first_to_the_last() -> None:
    spans = quiet_days.parse("2020-01-03 2020-01-05")
    assert [quiet_days.is_quiet(day(f"2020-01-0{number}"), spans) for number in range(2, 7)] == [False, True, True, True, False]


def test_searches_are_kept_by_name_and_hold_no_line_of_their_own() -> None:
    kept = saved_searches.write([SavedSearch("ferry", "ferry -late"), SavedSearch("Гавань\tи\nлюди", 'tag:sea\n"a phrase"')])
    assert saved_searches.parse(kept) == [SavedSearch("ferry", "ferry -late"), SavedSearch("Гавань и люди", 'tag:sea "a phrase"')]
    assert saved_searches.parse("no tab\n\tno name\nno query\t\n" + "a\tb\n" * 50) == [SavedSearch("a", "b")] * 17
