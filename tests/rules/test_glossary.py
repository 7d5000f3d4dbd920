"""The glossary explains every word that the code, the pages and the rule sheet use."""

import re
from pathlib import Path

import pytest

from app.web.filters import STATE_LOOKS, name_words, slug
from app.web.glossary import GLOSSARY

RULE_SHEET = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SPELT_OUT = {"Coi": "conflict-of-interest", "Eul": "effective-useful-life"}
SLUGS = {term.slug for term in GLOSSARY}


def code_names() -> list[str]:
    """The sixty names of section 18, without what stands in brackets."""
    section = RULE_SHEET.split("\n## 18.")[1].split("\n## 19.")[0]
    listed = section.split("\n")[1].split("(60 terms)")[0].strip(" .")
    return [re.sub(r"\(.*?\)", "", part).split(" ")[0] or part for part in re.split(r";\s*", listed)]


def slug_of(code_name: str) -> str:
    """The address of a code name's entry: EmvPlan is em-v-plan, TndAdder is t-d-adder."""
    if code_name in SPELT_OUT:
        return SPELT_OUT[code_name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code_name)
    words = re.sub(r"\bTnd\b", "T&D", re.sub(r"\bEmv\b", "EM&V", re.sub(r"\bMv\b", "M&V", words)))
    return slug(words)


def test_the_rule_sheet_names_sixty_terms() -> None:
    assert len(code_names()) == 60


@pytest.mark.parametrize("code_name", code_names())
def test_every_code_name_of_the_rule_sheet_is_explained(code_name: str) -> None:
    assert slug_of(code_name) in SLUGS


@pytest.mark.parametrize("kind", ["compliance", "general", "holding", "origination", "surrender", "retirement", "cancellation"])
def test_every_kind_of_account_is_explained(kind: str) -> None:
    assert f"{kind}-account" in SLUGS


def test_a_state_that_pages_show_and_the_glossary_names_is_spelt_the_same() -> None:
    of_life_cycles = {
        "draft",
        "in_verification",
        "verified",
        "submitted",
        "under_review",
        "incomplete",
        "recommended",
        "approved",
    }
    of_life_cycles |= {
        "denied",
        "withdrawn",
        "qualified",
        "suspended",
        "revoked",
        "issued",
        "rejected",
        "corrected",
        "active",
    }
    of_life_cycles |= {"held", "reserved", "surrendered", "retired", "cancelled"}
    assert of_life_cycles <= STATE_LOOKS.keys()
    assert {slug(name_words(state)) for state in of_life_cycles} <= SLUGS


def test_each_term_has_its_own_address_and_at_most_two_sentences() -> None:
    assert len(SLUGS) == len(GLOSSARY)
    assert [term.term for term in GLOSSARY if not 1 <= len(re.findall(r"[.](?:\s|$)", term.words)) <= 2] == []


def test_each_rule_beside_a_term_stands_in_the_rule_sheet() -> None:
    numbered = set(re.findall(r"^(\d+\.\d+[a-z]?) ", RULE_SHEET, re.MULTILINE))
    assert {term.rule for term in GLOSSARY if term.rule} <= numbered
