"""The verification report: a finding on every criterion, an opinion, the verified MWh, and two signed statements (rules 6.1 to 6.6, 6.11, 6.13)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.errors import Conflict, Invalid, StillMissing
from app.lifecycle import advance
from app.people import Actor
from app.verifiers import queries
from app.verifiers.actions.engagements import conflict_attestation, demand_independent_and_accredited, demand_resolved, not_accredited
from app.verifiers.independence import MV_REPORT, VerificationCriterion, criteria_for
from app.verifiers.lifecycle import ENGAGEMENT
from app.verifiers.models import Engagement, VerificationReport

TRUTH_ATTESTATION = (
    "This report is true, accurate and complete: it states what we examined, found and could not find. I know that false or missing statements carry"
    " penalties including fines and imprisonment."
)
"""The verifier's statement on the report itself (rule 6.5)."""

OPINIONS = ("positive", "negative")


@dataclass(frozen=True)
class ReportFinding:
    """What the verifier writes. `findings` are dicts of code, passed and words, one for each criterion; `verified_mwh` only for an M&V report."""

    opinion: str
    opinion_words: str
    findings: list[dict[str, Any]]
    sites_reviewed: str = ""
    sampled_evidence: str = ""
    discrepancies: str = ""
    verified_mwh: Decimal | None = None
    attested: bool = False
    true_and_complete: bool = False


def report(session: Session, actor: Actor, matter_id: UUID, finding: ReportFinding, document_id: UUID | None) -> VerificationReport:
    """Sign the report on a matter, as a part of its `verify`. Writes no event.

    Raises Conflict when nobody is engaged, NotPermitted or WrongState along the engagement's life cycle, Invalid or StillMissing with all fields,
    ConflictOfInterest or NotAccredited when a tie came up or the accreditation ended since the acceptance.
    """
    engagement = _engagement_of(session, matter_id)
    state = advance(ENGAGEMENT, engagement.state, "report", queries.standing(session, actor, engagement))
    found = demand_complete(engagement, finding)
    demand_independent_and_accredited(session, engagement, "signing")
    engagement.state = state
    signed = VerificationReport(
        engagement=engagement,
        matter_kind=engagement.matter_kind,
        matter_id=matter_id,
        opinion=finding.opinion,
        opinion_words=finding.opinion_words.strip(),
        findings=found,
        sites_reviewed=finding.sites_reviewed.strip(),
        sampled_evidence=finding.sampled_evidence.strip(),
        discrepancies=finding.discrepancies.strip(),
        verified_mwh=finding.verified_mwh,
        conflict_attestation=conflict_attestation(engagement.individuals, engagement.conflict_words),
        truth_attestation=TRUTH_ATTESTATION,
        signed_by_id=actor.user_id,
        signed_by_name=actor.name,
        signed_at=now(),
        document_id=document_id,
    )
    session.add(signed)
    session.flush()
    return signed


def demand_accredited(session: Session, matter_id: UUID, days: dict[str, date]) -> None:
    """At submission: the accreditation of the body that reported still holds on these days, and no conflict is open. Writes no event (rules 6.10, 6.11)."""
    engagement = queries.open_engagement(session, matter_id)
    if engagement is None:
        return
    demand_resolved(session, engagement)
    failed = [test for test in queries.accreditation_tests(engagement.accreditation, engagement.resource_type, days) if not test.passed]
    if failed:
        raise not_accredited(failed)


def _engagement_of(session: Session, matter_id: UUID) -> Engagement:
    found = queries.open_engagement_for_update(session, matter_id)
    if found is None:
        raise Conflict("Nobody is engaged to verify this.", rule="3.6", what_to_do="The provider engages an accredited body first.")
    return found


def demand_complete(engagement: Engagement, finding: ReportFinding) -> list[dict[str, Any]]:
    """The findings in the order of the criteria, each with its words and rule. Raises Invalid with everything that is missing or wrong at once.

    Rules 6.2 to 6.6: a finding on every criterion, the opinion, the verified MWh of an M&V report, and the two signed statements.
    """
    given = {str(one.get("code")): one for one in finding.findings}
    rows = [_row(criterion, given.get(criterion.code)) for criterion in criteria_for(engagement.matter_kind, engagement.resource_type)]
    missing = {**_silent(rows), **_without_opinion(finding), **_without_mwh(engagement.matter_kind, finding.verified_mwh), **_unsigned(finding)}
    wrong = _wrong(engagement.matter_kind, finding, rows)
    if missing:
        words = f"The report is not complete: {len(missing)} {'answer is' if len(missing) == 1 else 'answers are'} missing."
        raise StillMissing(words, rule="6.2", what_to_do="Answer what is marked, then sign again.", fields={**missing, **wrong})
    if wrong:
        words = " ".join(message for messages in wrong.values() for message in messages)
        raise Invalid(words, rule="6.2", what_to_do="Correct what is marked, then sign again.", fields=wrong)
    return rows


def _row(criterion: VerificationCriterion, given: dict[str, Any] | None) -> dict[str, Any]:
    passed = None if given is None or given.get("passed") is None else bool(given["passed"])
    words = str((given or {}).get("words") or "").strip()
    return {"code": criterion.code, "criterion": criterion.words, "rule": criterion.rule, "passed": passed, "words": words}


def _silent(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What is not said on a criterion: whether it holds, and what was seen."""
    asked = (("passed", "Say whether it holds"), ("words", "Say what you found on"))
    return {
        f"findings-{index}-{name}": [f"{words}: {row['criterion']} (programme rule {row['rule']})."]
        for index, row in enumerate(rows)
        for name, words in asked
        if row[name] in (None, "")
    }


def _without_opinion(finding: ReportFinding) -> dict[str, list[str]]:
    asked = {
        "opinion": (finding.opinion in OPINIONS, "Choose a positive or a negative opinion (programme rule 6.2)."),
        "opinion_words": (bool(finding.opinion_words.strip()), "Write what you verified, for which period, under which plan (programme rule 6.2)."),
    }
    return {name: [words] for name, (given, words) in asked.items() if not given}


def _without_mwh(matter_kind: str, verified_mwh: Decimal | None) -> dict[str, list[str]]:
    words = "Give the MWh that you verified, 0 or more; no more ERCs than these are issued (programme rule 6.6)."
    return {"verified_mwh": [words]} if matter_kind == MV_REPORT and verified_mwh is None else {}


def _unsigned(finding: ReportFinding) -> dict[str, list[str]]:
    """Without the signed statements a report is no report (rules 6.4, 6.5)."""
    asked = {
        "attested": "Sign the statement on conflicts of interest (programme rule 6.4).",
        "true_and_complete": "Sign the statement on the report (programme rule 6.5).",
    }
    return {name: [words] for name, words in asked.items() if not getattr(finding, name)}


def _wrong(matter_kind: str, finding: ReportFinding, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What is said and cannot be so."""
    found = {}
    failed = [row["criterion"] for row in rows if row["passed"] is False]
    if finding.opinion == "positive" and failed:
        words = f"A positive opinion does not agree with what you found on: {'; '.join(failed)}."
        found["opinion"] = [f"{words} Give a negative opinion, or correct the finding."]
    if finding.verified_mwh is not None and matter_kind != MV_REPORT:
        found["verified_mwh"] = ["MWh are verified on an M&V report, not on an application. Leave it empty."]
    elif finding.verified_mwh is not None and (not finding.verified_mwh.is_finite() or finding.verified_mwh < 0):
        found["verified_mwh"] = ["The verified MWh are 0 or more (programme rule 6.6)."]
    return found
