"""Serial numbers: printed and read without loss, cut and joined without losing or making one ERC."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.erc_tcs.serials import (
    EGU_EXAMPLE,
    EXAMPLE,
    LAST_SEQUENCE,
    NotInRange,
    SerialMalformed,
    SerialRange,
    choose,
    contains,
    format_serial,
    merge,
    overlap,
    parse_serial,
    split,
    split_around,
    subtract,
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


@pytest.mark.rule("11.8")
@given(SMALL, st.integers(-1, 70))
def test_splitting_a_block_keeps_every_erc_once(block: SerialRange, quantity: int) -> None:
    if not 1 <= quantity <= block.quantity:
        with pytest.raises(NotInRange):
            split(block, quantity)
        return
    taken, rest = split(block, quantity)
    assert taken.quantity == quantity
    assert ercs(taken, rest) == ercs(block)


@pytest.mark.rule("11.3")
@given(SMALL, SMALL)
def test_cutting_around_a_range_keeps_every_erc_once(block: SerialRange, wanted: SerialRange) -> None:
    if not contains(block, wanted):
        with pytest.raises(NotInRange):
            split_around(block, wanted)
        return
    parts = split_around(block, wanted)
    assert parts.wanted == wanted
    assert ercs(parts.before, parts.wanted, parts.after) == ercs(block)


@given(SMALL, SMALL)
def test_the_overlap_of_two_ranges_is_what_both_name(one: SerialRange, other: SerialRange) -> None:
    assert ercs(overlap(one, other)) == sorted(set(ercs(one)) & set(ercs(other)))


@pytest.mark.rule("9.8")
def test_a_sequence_with_another_origin_is_never_taken_for_the_same_erc() -> None:
    stranger = SerialRange(101, 101, "MN", 2023, "R000123", "M000045")
    assert not contains(BLOCK, stranger)
    with pytest.raises(NotInRange, match="origin"):
        overlap(BLOCK, stranger)


@given(st.sets(st.integers(1, 40)))
def test_ranges_are_joined_into_as_few_as_possible(sequences: set[int]) -> None:
    merged = merge(BLOCK.between(one, one) for one in sequences)
    assert ercs(*merged) == sorted(sequences)
    assert len(merged) == len([one for one in sequences if one + 1 not in sequences])


@pytest.mark.rule("9.8")
def test_joining_refuses_an_erc_named_twice_and_keeps_origins_apart() -> None:
    with pytest.raises(NotInRange, match="name each only once"):
        merge([BLOCK, BLOCK.between(200, 201)])
    neighbour = SerialRange(201, 300, "MN", 2023, "R000123", "M000046")
    assert merge([neighbour, BLOCK]) == (BLOCK, neighbour)


@given(st.sets(st.integers(1, 30)))
def test_taking_ranges_out_leaves_exactly_the_rest(taken: set[int]) -> None:
    block = BLOCK.between(1, 30)
    left = subtract(block, [BLOCK.between(one, one) for one in taken])
    assert ercs(*left) == sorted(set(range(1, 31)) - taken)


@pytest.mark.parametrize("taken", [[BLOCK.between(90, 110)], [BLOCK.between(150, 160), BLOCK.between(155, 170)], [BLOCK, BLOCK]])
def test_what_is_not_there_cannot_be_taken_out(taken: list[SerialRange]) -> None:
    with pytest.raises(NotInRange):
        subtract(BLOCK, taken)


@pytest.mark.rule("11.3")
@given(st.sets(st.integers(1, 50), min_size=1), st.integers(-1, 60))
def test_a_quantity_is_made_up_of_the_lowest_serials(sequences: set[int], quantity: int) -> None:
    blocks = merge(BLOCK.between(one, one) for one in sequences)
    if not 1 <= quantity <= len(sequences):
        with pytest.raises(NotInRange, match="The holding has"):
            choose(blocks[::-1], quantity)
        return
    assert ercs(*choose(blocks[::-1], quantity)) == sorted(sequences)[:quantity]
