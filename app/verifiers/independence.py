"""Whether a verifier is independent and accredited, what it must show and why it is revoked, and what it has to find (rules 6, 7.2 to 7.8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.amounts import day_in_words, term_in_words

APPLICATION = "application"
MV_REPORT = "mv_report"
SAVINGS_TYPES = frozenset({"EE", "WAT", "DSM"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the attestation on conflicts; "yes" is a conflict (rule 6.7)."""

    code: str
    words: str


CONFLICT_QUESTIONS: tuple[Question, ...] = (
    Question("financial", "A direct or indirect financial interest in the provider, its programme or its project?"),
    Question("relation", "An organisational or personal relation that could impair impartiality?"),
    Question("development", "A part in developing or carrying out the project beyond verifying it?"),
    Question("pay", "Pay that depends on MWh, on approval, on issuance or on the number of ERCs?"),
    Question("holdings", "Holdings of ERCs or derivatives of them, or a financial relation with a holder?"),
    Question("management", "A management or any other interest in the provider or its project?"),
)


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an engagement as the system knows it.

    People stand by their e-mail address, each with the name as it is to be printed: two people of the same name are two people. Organisations
    stand by their name, which is unique; case does not count.
    """

    organisation: str
    employees: Mapping[str, str] = field(default_factory=dict)
    account_owners: frozenset[str] = frozenset()
    representatives: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConflictFacts:
    """What the conflict tests read. answers: code of a question to whether it is so; one that lacks is not attested."""

    body: Party
    provider: Party
    body_ercs_held: int = 0
    answers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConflictFinding:
    """One test: passed or not, in words, with its rule and the ground of rule 8.6 that a failure is."""

    code: str
    passed: bool
    words: str
    rule: str


def system_conflicts(facts: ConflictFacts) -> tuple[ConflictFinding, ...]:
    """What the system itself knows (rule 6.9): tested before an engagement is asked for, and again at each step."""
    body, provider = facts.body, facts.provider
    same = body.organisation.casefold() == provider.organisation.casefold()
    held = facts.body_ercs_held
    return (
        finding(not same, f"Verifier: {body.organisation}; provider: {provider.organisation}."),
        shared("employer of the same people", body.employees, provider.employees),
        shared("account owner", {one.casefold(): one for one in body.account_owners}, {one.casefold(): one for one in provider.account_owners}),
        shared("representative", body.representatives, provider.representatives),
        finding(held == 0, f"The accounts of the verifier hold {held:,} ERCs; a verifier must hold none."),
    )


def attested_conflicts(facts: ConflictFacts) -> tuple[ConflictFinding, ...]:
    """What the verifier answers (rule 6.7): any "yes" is a conflict, and a missing answer is no attestation."""
    return tuple(answer(question, facts.answers.get(question.code)) for question in CONFLICT_QUESTIONS)


def conflicts(facts: ConflictFacts) -> tuple[ConflictFinding, ...]:
    """All tests, passed or not."""
    return (*system_conflicts(facts), *attested_conflicts(facts))


def finding(passed: bool, words: str) -> ConflictFinding:
    """One test of what the system knows."""
    return ConflictFinding("VERIFIER_COI", passed, words, "6.9")


def shared(what: str, ours: Mapping[str, str], theirs: Mapping[str, str]) -> ConflictFinding:
    """Verifier and provider have nobody in common; who is who is told by the key."""
    common = sorted(name for key, name in theirs.items() if key in ours)
    if not common:
        return finding(True, f"Verifier and provider share no {what}.")
    return finding(False, f"Verifier and provider share an {what}: {', '.join(common)}.".replace("an rep", "a rep"))


def answer(question: Question, given: bool | None) -> ConflictFinding:
    """One answer of the attestation."""
    if given is None:
        return ConflictFinding("ATTESTATION_MISSING", False, f"Not answered: {question.words} Answer it and sign.", "6.4")
    return ConflictFinding("VERIFIER_COI", not given, f"{question.words} {'Yes' if given else 'No'}.", "6.7")


@dataclass(frozen=True, slots=True)
class AccreditationFacts:
    """An accreditation: its status, its term with both days in it, and its classes; no class named means every type."""

    status: str
    valid_from_on: date
    valid_until_on: date
    classes: frozenset[str] = frozenset()


def accreditation_findings(accreditation: AccreditationFacts | None, type_code: str, days: Mapping[str, date]) -> tuple[ConflictFinding, ...]:
    """Whether it is valid for a type on each day that counts: {"signing": …, "submittal": …} (rules 6.11, 7.7)."""
    if accreditation is None:
        return (not_accredited(False, "The verifier is not accredited by this state.", "7.1"),)
    term = term_in_words(accreditation.valid_from_on, accreditation.valid_until_on)
    classes = ", ".join(sorted(accreditation.classes)) or "every type"
    covered = not accreditation.classes or type_code in accreditation.classes
    status = accreditation.status.casefold()
    return (
        not_accredited(status == "active", f"The accreditation is {status}; it must be active.", "7.7"),
        not_accredited(covered, f"The accreditation is for {classes}; the resource is of type {type_code}.", "6.11"),
        *(
            not_accredited(
                accreditation.valid_from_on <= day <= accreditation.valid_until_on,
                f"The accreditation is valid {term}; the day of {what} is {day_in_words(day)}.",
                "6.11",
            )
            for what, day in days.items()
        ),
    )


def not_accredited(passed: bool, words: str, rule: str) -> ConflictFinding:
    """One test of the accreditation."""
    return ConflictFinding("VERIFIER_NOT_ACCREDITED", passed, words, rule)


def disclosed_conflict(open_since: date | None) -> tuple[ConflictFinding, ...]:
    """A conflict that the verifier disclosed stands in the way until the state accepts how it is resolved (rules 6.8, 6.10)."""
    words = (
        "No disclosed conflict is unresolved."
        if open_since is None
        else f"The verifier disclosed a conflict on {day_in_words(open_since)}; it is not resolved yet."
    )
    return (ConflictFinding("VERIFIER_COI", open_since is None, words, "6.10"),)


@dataclass(frozen=True, slots=True)
class Qualification:
    """One thing that a body shows to be accredited. `needed` ones must be shown, in whole or by an accreditation of others (rules 7.2, 7.4)."""

    code: str
    words: str
    rule: str
    needed: bool = False


QUALIFICATIONS: tuple[Qualification, ...] = (
    Qualification("programme_rules", "It knows the rules of this programme", "7.2", True),
    Qualification("technical_expertise", "It has the technical expertise for the types of resource", "7.2", True),
    Qualification("auditing", "It knows auditing, accounting and information management", "7.2", True),
    Qualification("conflict_protocol", "It has protocols to find and resolve conflicts of interest before it begins", "7.5", True),
    Qualification("engineering", "It knows engineering principles", "7.3"),
    Qualification("quantification", "It knows greenhouse-gas quantification and inventories", "7.3"),
    Qualification("information_systems", "It knows information systems", "7.3"),
    Qualification("licensed_staff", "Its staff hold the licences that their work needs", "7.3"),
    Qualification("liability_cover", "It has professional liability cover of at least USD 1,000,000", "7.3"),
    Qualification("no_other_relation", "It has no financial relation with providers beyond verification contracts", "7.3"),
)
NEEDED = frozenset(one.code for one in QUALIFICATIONS if one.needed)


def not_shown(shown: Mapping[str, bool]) -> tuple[Qualification, ...]:
    """The needed qualifications that are not shown."""
    return tuple(one for one in QUALIFICATIONS if one.needed and not shown.get(one.code))


REVOCATION_GROUNDS: dict[str, str] = {
    "conflict_not_found": "It failed to find and adequately resolve a conflict of interest before it began",
    "not_disclosed": "It failed to disclose what it must disclose",
    "not_qualified": "It no longer qualifies, as when staff left",
    "negligence": "Negligence",
    "fraud": "Intentional misrepresentation or fraud",
    "lost_elsewhere": "It lost an accreditation elsewhere",
}
"""The closed list of rule 7.8, by code."""

REVIEW_RESULTS: dict[str, str] = {
    "satisfactory": "Satisfactory",
    "to_improve": "To be improved",
    "unsatisfactory": "Unsatisfactory",
}
"""What a performance review can find (rule 7.6)."""


@dataclass(frozen=True, slots=True)
class VerificationCriterion:
    """One thing on which a verification report must give a finding."""

    code: str
    words: str
    rule: str


def listed(rows: tuple[tuple[str, str, str], ...]) -> tuple[VerificationCriterion, ...]:
    """Rows as criteria."""
    return tuple(VerificationCriterion(*row) for row in rows)


VERIFICATION_CRITERIA: dict[str, tuple[VerificationCriterion, ...]] = {
    APPLICATION: listed(
        (
            ("INSTALL_DATE", "Installed, implemented or uprated after 2012", "2.1"),
            ("GRID", "Connected to the grid", "2.4"),
            ("INCREMENTAL", "Added capacity only: no relicensing, no uprate after a derate", "2.5"),
            ("GEOGRAPHY", "In a host that the rule accepts, with delivery proof where asked for", "2.7"),
            ("NON_DUPLICATION", "Submitted once, to this programme only", "2.9"),
            ("TYPE", "Of the type applied for, with what the type needs", "2.12"),
            ("EMV_PLAN", "The EM&V plan meets section 4", "4.3"),
            ("EVIDENCE", "Documents and sites that were reviewed", "6.2"),
        )
    ),
    MV_REPORT: listed(
        (
            ("DATA_ADEQUATE", "The data are adequate", "6.2"),
            ("DATA_VALID", "The data are valid: meters, readings and inputs were checked", "6.2"),
            ("PLAN_FOLLOWED", "The approved EM&V plan was followed", "6.2"),
            ("VERIFIED_MWH", "The verified MWh, with every adjustment", "6.6"),
            ("DISCREPANCIES", "Discrepancies, and how each was settled", "6.2"),
            ("CONTINUING_ELIGIBILITY", "The resource is still eligible and as described", "5.5"),
            ("NON_DUPLICATION", "The MWh are not used in another state plan", "5.8"),
            ("PERMANENCE", "The MWh are permanent", "5.8"),
        )
    ),
}
SAVINGS_CRITERION = VerificationCriterion("INSTALLED_CORRECTLY", "Measures are installed correctly and can give the predicted savings", "6.13")


def criteria_for(matter_kind: str, type_code: str) -> tuple[VerificationCriterion, ...]:
    """What a report on this matter must find; savings have one criterion more (rule 6.13)."""
    criteria = VERIFICATION_CRITERIA[matter_kind]
    return (*criteria, SAVINGS_CRITERION) if type_code in SAVINGS_TYPES else criteria
