"""The scan for double registration: what makes two resources look like one, and what tells them apart."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eligibility.likeness import Identity, likeness, name_likeness

PLANT = Identity(name="Prairie Rose Wind Farm LLC", state="MN", oris_plant_code="58080", generator_id="GEN1")


@pytest.mark.rule("15.13")
def test_the_same_generator_of_the_same_plant_is_the_same_resource() -> None:
    found = likeness(PLANT, Identity(oris_plant_code="058080", generator_id="gen1"))
    assert found.same
    assert found.reasons == ("Both are generator GEN1 of plant 58080.",)


@pytest.mark.rule("15.13")
def test_two_generators_of_one_plant_are_two_resources() -> None:
    found = likeness(PLANT, replace(PLANT, generator_id="GEN2"))
    assert (found.same, found.reasons) == (False, ())


@pytest.mark.rule("15.13")
def test_the_same_registry_identifier_settles_it_within_one_registry() -> None:
    one = Identity(registry="M-RETS", registry_id="W123")
    assert likeness(one, Identity(registry="m-rets", registry_id="w123")).same
    assert likeness(one, Identity(registry_id="W123")).same
    assert not likeness(one, Identity(registry="PJM-GATS", registry_id="W123")).same


@pytest.mark.rule("15.13")
def test_a_similar_name_in_the_same_state_is_a_reason_to_look_closer() -> None:
    found = likeness(PLANT, Identity(name="Prairie Rose Windfarm, Inc.", state="mn"))
    assert not found.same
    assert found.reasons == ('"Prairie Rose Wind Farm LLC" and "Prairie Rose Windfarm, Inc." are similar names in MN.',)
    assert likeness(PLANT, Identity(name="Prairie Rose Wind Farm", state="ND")).reasons == ()
    assert likeness(PLANT, Identity(name="Grand Meadow Wind", state="MN")).reasons == ()


@pytest.mark.rule("15.13")
@pytest.mark.parametrize(
    ("one", "other"),
    [("Adams Solar Garden 2", "Adams Solar Garden 3"), ("Adams Solar Garden II", "Adams Solar Garden III")],
)
def test_neighbours_that_differ_in_a_number_are_not_alike(one: str, other: str) -> None:
    assert name_likeness(one, other) == 0
    assert name_likeness(one, one) == 1


@pytest.mark.rule("15.13")
def test_the_same_address_place_or_plant_is_a_reason() -> None:
    here = Identity(address="12 Main St., Adrian", latitude=Decimal("43.635"), longitude=Decimal("-95.933"))
    near = Identity(address="12 main st Adrian", latitude=Decimal("43.638"), longitude=Decimal("-95.930"))
    assert len(likeness(here, near).reasons) == 2
    assert likeness(here, Identity(latitude=Decimal("43.7"), longitude=Decimal("-95.933"))).reasons == ()
    assert likeness(PLANT, Identity(oris_plant_code="58080")).reasons == ("Both are at plant 58080, and one names no generator.",)


def test_different_plant_codes_outweigh_a_similar_name() -> None:
    assert likeness(PLANT, replace(PLANT, oris_plant_code="999")).reasons == ()


def test_nothing_known_is_nothing_alike() -> None:
    assert likeness(Identity(), Identity()).reasons == ()


IDENTITIES = st.builds(Identity, *[st.sampled_from(["", "1", "01", "A", "Wind 1", "wind one"])] * 7)


@given(IDENTITIES, IDENTITIES)
def test_likeness_does_not_depend_on_who_came_first(one: Identity, other: Identity) -> None:
    forward, backward = likeness(one, other), likeness(other, one)
    assert forward.same == backward.same
    assert len(forward.reasons) == len(backward.reasons)
