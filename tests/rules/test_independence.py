"""A verifier without ties, accredited on the days that count, with a finding on everything it must find."""

from dataclasses import replace
from datetime import date

import pytest

from app.verifiers.independence import (
    CONFLICT_QUESTIONS,
    VERIFICATION_CRITERIA,
    AccreditationFacts,
    ConflictFacts,
    Party,
    accreditation_findings,
    attested_conflicts,
    conflicts,
    criteria_for,
    system_conflicts,
)

PAUL = {"paul@rose.example": "Paul Rose"}
BODY = Party("Prairie Verification", {"vera@prairie.example": "Vera Stone"}, frozenset({"Prairie Verification"}))
PROVIDER = Party("Rose Wind", PAUL, frozenset({"Rose Wind"}), PAUL)
NO_TIES = ConflictFacts(BODY, PROVIDER, 0, dict.fromkeys((one.code for one in CONFLICT_QUESTIONS), False))


def failures(facts: ConflictFacts) -> list[str]:
    return [found.words for found in conflicts(facts) if not found.passed]


@pytest.mark.rule("6.7", "6.9")
def test_a_verifier_without_ties_passes_every_test() -> None:
    assert failures(NO_TIES) == []
    assert all(found.words and found.rule for found in conflicts(NO_TIES))


@pytest.mark.rule("6.9")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"body": replace(BODY, organisation="ROSE WIND")}, "ROSE WIND"),
        ({"body": replace(BODY, employees={"paul@rose.example": "P. Rose"})}, "employer of the same people: Paul Rose"),
        ({"body": replace(BODY, account_owners=frozenset({"Rose Wind"}))}, "share an account owner: Rose Wind"),
        ({"body": replace(BODY, representatives=PAUL)}, "share a representative: Paul Rose"),
        ({"body_ercs_held": 1}, "hold 1 ERCs"),
    ],
)
def test_a_tie_that_the_system_knows_blocks_the_engagement(change: dict[str, object], words: str) -> None:
    facts = replace(NO_TIES, **change)  # type: ignore[arg-type]
    (found,) = [one for one in system_conflicts(facts) if not one.passed]
    assert words in found.words
    assert (found.code, found.rule) == ("VERIFIER_COI", "6.9")


@pytest.mark.rule("6.9")
def test_two_people_of_the_same_name_are_no_tie() -> None:
    namesake = {"paul@prairie.example": "Paul Rose"}
    assert failures(replace(NO_TIES, body=replace(BODY, employees=namesake, representatives=namesake))) == []


@pytest.mark.rule("6.7")
@pytest.mark.parametrize("question", [one.code for one in CONFLICT_QUESTIONS])
def test_any_yes_is_a_conflict(question: str) -> None:
    facts = replace(NO_TIES, answers={**NO_TIES.answers, question: True})
    assert [one.code for one in attested_conflicts(facts) if not one.passed] == ["VERIFIER_COI"]


@pytest.mark.rule("6.4")
def test_an_unanswered_question_is_no_attestation() -> None:
    facts = replace(NO_TIES, answers={})
    found = attested_conflicts(facts)
    assert {one.code for one in found} == {"ATTESTATION_MISSING"}
    assert not any(one.passed for one in found)


ACTIVE = AccreditationFacts("active", date(2022, 1, 1), date(2024, 12, 31), frozenset({"WND", "SOL"}))
DAYS = {"signing": date(2022, 5, 1), "submittal": date(2022, 5, 2)}


def accredited(accreditation: AccreditationFacts | None, type_code: str = "WND", **days: date) -> bool:
    return all(one.passed for one in accreditation_findings(accreditation, type_code, days or DAYS))


@pytest.mark.rule("6.11")
def test_the_accreditation_is_valid_on_the_day_of_signing_and_of_submittal() -> None:
    assert accredited(ACTIVE)
    assert accredited(ACTIVE, signing=date(2022, 1, 1), submittal=date(2024, 12, 31))
    assert not accredited(ACTIVE, signing=date(2021, 12, 31), submittal=date(2022, 5, 2))
    assert not accredited(ACTIVE, signing=date(2024, 12, 31), submittal=date(2025, 1, 1))


@pytest.mark.rule("6.11", "7.7")
def test_the_accreditation_covers_the_class_and_is_active() -> None:
    assert not accredited(ACTIVE, "HYD-N")
    assert accredited(replace(ACTIVE, classes=frozenset()), "HYD-N")
    for status in ("suspended", "revoked", "expired", ""):
        assert not accredited(replace(ACTIVE, status=status))
    assert accredited(replace(ACTIVE, status="ACTIVE"))


@pytest.mark.rule("7.1")
def test_nobody_verifies_without_accreditation() -> None:
    assert not accredited(None)


@pytest.mark.rule("6.1", "6.2")
def test_each_kind_of_report_has_its_own_findings() -> None:
    assert set(VERIFICATION_CRITERIA) == {"application", "mv_report"}
    for criteria in VERIFICATION_CRITERIA.values():
        assert len({one.code for one in criteria}) == len(criteria)
        assert all(one.words and one.rule for one in criteria)
    codes = {one.code for one in criteria_for("mv_report", "WND")}
    assert codes >= {"DATA_ADEQUATE", "DATA_VALID", "PLAN_FOLLOWED", "VERIFIED_MWH", "DISCREPANCIES"}
    assert codes >= {"CONTINUING_ELIGIBILITY", "NON_DUPLICATION", "PERMANENCE"}
    assert {one.code for one in criteria_for("application", "WND")} >= {"EMV_PLAN", "EVIDENCE", "INSTALL_DATE"}


@pytest.mark.rule("6.13")
def test_savings_are_found_to_be_installed_correctly() -> None:
    assert criteria_for("application", "EE")[-1].code == "INSTALLED_CORRECTLY"
    assert "INSTALLED_CORRECTLY" not in {one.code for one in criteria_for("application", "WND")}
