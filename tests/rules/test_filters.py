"""What a reader sees of numbers, dates, sizes and states."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from app.web import filters


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1,234,567"),
        (Decimal("1234567.890"), "1,234,567.890"),
        ("41236.75", "41,236.75"),
        ("1,234.50", "1,234.50"),
        (Decimal(-1500), "-1,500"),
        (Decimal("1E+6"), "1,000,000"),
        (Fraction(8, 21), "≈ 0.380952"),
        ("8/21", "≈ 0.380952"),
        (Fraction(12345, 10), "1,234.5"),
        (Fraction(3000, 1), "3,000"),
        (0, "0"),
        (None, "\N{EN DASH}"),
        ("", "\N{EN DASH}"),
        ("n/a", "n/a"),
        ("NaN", "NaN"),
    ],
)
def test_a_number_keeps_every_decimal_and_gains_separators(value: object, shown: str) -> None:
    assert filters.thousands(value) == shown


def test_the_same_act_several_times_in_a_row_stands_once_in_a_history_and_one_with_a_reason_stands_alone() -> None:
    saved = [{"words": "Saved", "who": "provider", "at": at} for at in (5, 4, 3)]
    returned = {"words": "Returned", "who": "reviewer", "at": 6, "reason": "The proof is missing."}
    told = filters.folded([returned, *saved, {**saved[0], "at": 2, "reason": "Why"}])
    assert [(one["words"], one["at"], one["times"], one["first_at"]) for one in told] == [
        ("Returned", 6, 1, 6),
        ("Saved", 5, 3, 3),
        ("Saved", 2, 1, 2),
    ]


def test_a_count_agrees_with_its_noun() -> None:
    assert filters.counted(1, "ERC", "ERCs") == "1 ERC"
    assert filters.counted("1204", "ERC", "ERCs") == "1,204 ERCs"
    assert filters.counted(0, "ERC", "ERCs") == "0 ERCs"


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (50, 100, "50.0"),
        ("1", "3", "33.3"),
        (0, 10, "0.0"),
        (5, 0, "0.0"),
        (-4, 10, "0.0"),
        (11, 10, "100.0"),
        (None, 3, "0.0"),
    ],
)
def test_a_bar_is_as_long_as_its_share(part: object, whole: object, percent: str) -> None:
    assert filters.percent_of(part, whole) == percent


def test_the_largest_of_mixed_numbers_is_found() -> None:
    assert filters.largest(["1,200", 900, Decimal("1200.5"), None]) == Fraction(2401, 2)
    assert filters.largest([]) == 0


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [
        (0, "0 bytes"), (1, "1 byte"), (940, "940 bytes"), (12_345, "12.3 kB"), (999_999, "1.0 MB"),
        (4_000_000, "4.0 MB"), (7_200_000_000, "7.2 GB"), (3_100_000_000_000, "3.1 TB"), (None, "\N{EN DASH}"),
    ],
)  # fmt: skip
def test_a_file_size_is_said_in_the_unit_people_use(size_bytes: object, said: str) -> None:
    assert filters.human_size(size_bytes) == said


@pytest.mark.parametrize(("limit_bytes", "said"), [(512 * 1024 * 1024, "512 MB"), (2 * 1024 * 1024, "2 MB"), (1_000_000, "1.0 MB"), (None, "\N{EN DASH}")])
def test_a_limit_is_said_as_it_was_set(limit_bytes: object, said: str) -> None:
    assert filters.size_limit(limit_bytes) == said


def test_an_address_of_this_site_becomes_a_link_and_no_other_does() -> None:
    words = "Open it: https://erc.example/a/b?c=1&d=2.\n<b>See</b> https://erc.example.evil/x, https://evil.example/ and (https://erc.example/log)"
    assert filters.linked(words, "https://erc.example") == (
        'Open it: <a href="https://erc.example/a/b?c=1&amp;d=2">https://erc.example/a/b?c=1&amp;d=2</a>.\n&lt;b&gt;See&lt;/b&gt; https://erc.example.evil/x,'
        ' https://evil.example/ and (<a href="https://erc.example/log">https://erc.example/log</a>)'
    )


@pytest.mark.parametrize(
    ("name", "said"), [("compliance_periods-2-last_year", "Compliance periods, row 3, last year"), ("units-0-capacity_mw", "Units, row 1, capacity MW")]
)
def test_a_field_of_a_row_is_called_by_its_row(name: str, said: str) -> None:
    assert filters.name_words(name) == said


def test_a_date_carries_its_day_of_the_week() -> None:
    assert filters.long_date("2026-05-04") == "Mon, May 4, 2026"
    assert filters.long_date(date(2022, 12, 31)) == "Sat, Dec 31, 2022"
    assert filters.long_date(None) == "\N{EN DASH}"
    assert filters.iso_date(datetime(2026, 5, 4, 23, tzinfo=UTC)) == "2026-05-04"
    assert filters.iso_date(None) == ""


def test_a_time_is_given_in_the_states_zone_and_names_it() -> None:
    assert filters.local_time("2026-05-04T15:12:09+00:00", "America/Chicago") == "Mon, May 4, 2026, 10:12 CDT"
    assert filters.local_time("2026-01-01T03:00:00Z", "America/Chicago") == "Wed, Dec 31, 2025, 21:00 CST"
    assert filters.local_time(datetime(2026, 5, 4, 15, 12)) == "Mon, May 4, 2026, 15:12 UTC"  # noqa: DTZ001
    assert filters.local_time("soon") == "soon"


def test_the_machine_readable_time_is_utc() -> None:
    assert filters.utc_time("2026-05-04T10:12:09-05:00") == "2026-05-04T15:12:09Z"
    assert filters.utc_time("") == ""


def test_names_are_written_as_people_write_them() -> None:
    assert filters.name_words("under_review") == "Under review"
    assert filters.name_words("generation_mwh") == "Generation MWh"
    assert filters.name_words("mv_report") == "M&V report"
    assert filters.name_words("installed_on") == "Installed"
    assert filters.name_words("sha256") == "SHA-256"


def test_a_word_becomes_the_end_of_an_address() -> None:
    assert filters.slug("EM&V plan") == "em-v-plan"
    assert filters.slug("Carry (fraction kept)") == "carry-fraction-kept"


def test_a_state_shows_an_icon_beside_its_colour() -> None:
    assert filters.state_look("held") == filters.Look("attention", "warning")
    assert filters.state_look("never heard of") == filters.Look("quiet", "label")
    tones: dict[str, set[str]] = {}
    for look in filters.STATE_LOOKS.values():
        tones.setdefault(look.icon, set()).add(look.tone)
    assert all(len(of_one_icon) == 1 for of_one_icon in tones.values())


def test_a_sort_link_keeps_the_rest_of_the_query() -> None:
    assert filters.with_query({"q": "wind farm", "page": "3"}, sort="-mwh", page=None) == "?q=wind+farm&sort=-mwh"
    assert filters.with_query({}, page=None) == "?"
