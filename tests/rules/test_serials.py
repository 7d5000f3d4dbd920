"""Serial numbers: printed and read without loss, and joined without losing or making one ERC."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.erc_tcs.serials import (
    EGU_EXAMPLE,
    EXAMPLE,
    LAST_SEQUENCE,
    NamedTwice,
    SerialMalformed,
    SerialRange,
    format_serial,
    merge,
    parse_serial,
)

BLOCK = SerialRange(101, 200, "MN", 2022, "R000123", "M000045")
UNIT_BLOCK = SerialRange(101, 101, "MN", 2022, "U469.4", "EGU2022")

NUMBERS = st.integers(1, 10**12)
CODES = st.one_of(
    st.tuples(NUMBERS.map(lambda n: f"R{n:06d}"), NUMBERS.map(lambda n: f"M{n:06d}")),
    st.tuples(
        st.builds("U{}.{}".format, st.integers(1, 99999), st.from_regex(r"[A-Z0-9*][A-Z0-9*_-]{0,11}", fullmatch=True)),
        st.integers(2013, 2099).map("EGU{}".format),
    ),
)
SEQUENCES = st.tuples(st.integers(1, LAST_SEQUENCE), st.integers(1, LAST_SEQUENCE)).map(sorted)
SERIALS = st.builds(
    lambda ends, state, year, codes: SerialRange(ends[0], ends[1], state, year, *codes),
    SEQUENCES,
    st.from_regex("[A-Z]{2}", fullmatch=True),
    st.integers(2013, 2099),
    CODES,
)


@pytest.mark.rule("9.6")
def test_a_serial_shows_state_vintage_resource_report_and_sequence() -> None:
    assert str(BLOCK) == EXAMPLE == "MN-2022-R000123-M000045-000000101..000000200"
    assert format_serial(UNIT_BLOCK) == EGU_EXAMPLE == "MN-2022-U469.4-EGU2022-000000101"
    assert BLOCK.quantity == 100


@pytest.mark.rule("9.6")
@given(SERIALS)
def test_a_printed_serial_reads_back_as_itself(serial: SerialRange) -> None:
    assert parse_serial(format_serial(serial)) == serial
    assert parse_serial(format_serial(serial).lower().replace("..", " to ")) == serial
    assert parse_serial(format_serial(serial).replace("-", "–").replace("..", " – ")) == serial


@pytest.mark.rule("9.6")
@pytest.mark.parametrize(
    "text",
    [
        "mn-2022-r000123-m000045-000000101..000000200",
        "MN-2022-R123-M45-101..200",
        " MN - 2022 - R000123 - M000045 - 101 to 200 ",
        "MN-2022-R000123-M000045-000000101–000000200",
        "MN‑2022‑R000123‑M000045‑101—200",
        "MN-2022-R000123-M000045-101-200",
        "MN-2022-R000123-M000045-101...200",
        "MN-2022-R000123-M000045-101…200",
        "MN-2022-R000123-M000045-101:200",
        "MN-2022-R000123-\nM000045-101..200",
    ],
)
def test_a_serial_is_read_as_people_write_it(text: str) -> None:
    assert parse_serial(text) == BLOCK


@pytest.mark.rule("9.6")
def test_unit_codes_keep_their_stars_and_hyphens() -> None:
    for unit in ("U469.CT-1", "U10.**2", "U3.ES3-B", "U55.2-101"):
        serial = SerialRange(7, 9, "KY", 2023, unit, "EGU2023")
        assert parse_serial(str(serial)) == serial


@pytest.mark.rule("9.6")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "MN-2022-R000123-M000045",
        "MN-2022-R000123-EGU2022-1",
        "MN-2022-U469.4-M000045-1",
        "MNX-2022-R1-M1-1",
        "MN-22-R1-M1-1",
        "MN-2022-R1-M1-0",
        "MN-0999-R1-M1-1",
        "MN-2022-R1-M1-200..101",
        "MN-2022-R1-M1-1..99999999999999999999",
        "MN-2022-R1-M1-9999999999999999999",
        "MN-2022-R1-M1-١",
        "MN-2022-R1-M1-1; DROP TABLE",
    ],
)
def test_what_is_no_serial_is_refused_with_an_example_of_one(text: str) -> None:
    with pytest.raises(SerialMalformed) as refusal:
        parse_serial(text)
    assert EXAMPLE in str(refusal.value)
    assert EGU_EXAMPLE in str(refusal.value)
    assert str(refusal.value).startswith(f'"{text}" is not a serial number: ')


@given(st.text(max_size=100))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    with suppress(SerialMalformed):
        assert parse_serial(str(parse_serial(text))) == parse_serial(text)


@pytest.mark.rule("9.6")
@pytest.mark.parametrize(
    "parts",
    [
        (0, 1, "MN", 2022, "R000123", "M000045"),
        (2, 1, "MN", 2022, "R000123", "M000045"),
        (1, LAST_SEQUENCE + 1, "MN", 2022, "R000123", "M000045"),
        (1, 1, "mn", 2022, "R000123", "M000045"),
        (1, 1, "MN", 22, "R000123", "M000045"),
        (1, 1, "MN", 2022, "R123", "M000045"),
        (1, 1, "MN", 2022, "R0000123", "M000045"),
        (1, 1, "MN", 2022, "R000123", "EGU2022"),
        (1, 1, "MN", 2022, "U469.4", "M000045"),
    ],
)
def test_a_serial_that_cannot_be_is_never_made(parts: tuple[int, int, str, int, str, str]) -> None:
    with pytest.raises(SerialMalformed):
        SerialRange(*parts)


def ercs(*ranges: SerialRange | None) -> list[int]:
    return [sequence for one in ranges if one for sequence in range(one.first, one.last + 1)]


SMALL = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(sorted).map(lambda ends: BLOCK.between(*ends))


@given(st.sets(st.integers(1, 40)))
def test_ranges_are_joined_into_as_few_as_possible(sequences: set[int]) -> None:
    merged = merge(BLOCK.between(one, one) for one in sequences)
    assert ercs(*merged) == sorted(sequences)
    assert len(merged) == len([one for one in sequences if one + 1 not in sequences])


@pytest.mark.rule("9.8")
def test_joining_refuses_an_erc_named_twice_and_keeps_origins_apart() -> None:
    with pytest.raises(NamedTwice, match="name each only once"):
        merge([BLOCK, BLOCK.between(200, 201)])
    neighbour = SerialRange(201, 300, "MN", 2023, "R000123", "M000046")
    assert merge([neighbour, BLOCK]) == (BLOCK, neighbour)
