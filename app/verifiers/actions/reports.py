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
from app.verifiers.independence import MV_REPORT, criteria_for
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

    Raises Conflict when nobody is engaged, NotPermitted or WrongState along the engagement's life cycle, Invalid or StillMissing with the fields,
    ConflictOfInterest or NotAccredited when a tie came up or the accreditation ended since the acceptance.
    """
    engagement = _engagement_of(session, matter_id)
    state = advance(ENGAGEMENT, engagement.state, "report", queries.standing(session, actor, engagement))
    _demand_statements(finding)
    found = _examined(engagement, finding)
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
    demand_resolved(engagement)
    failed = [test for test in queries.accreditation_tests(engagement.accreditation, engagement.resource_type, days) if not test.passed]
    if failed:
        raise not_accredited(failed)


def _engagement_of(session: Session, matter_id: UUID) -> Engagement:
    found = queries.open_engagement_for_update(session, matter_id)
    if found is None:
        raise Conflict("Nobody is engaged to verify this.", rule="3.6", what_to_do="The provider engages an accredited body first.")
    return found


def _demand_statements(finding: ReportFinding) -> None:
    """Without the signed statements a report is no report (rules 6.4, 6.5)."""
    unsigned = {name: ["Read the statement and tick the box."] for name in ("attested", "true_and_complete") if not getattr(finding, name)}
    if unsigned:
        raise StillMissing("The report is not signed.", rule="6.4", what_to_do="Read both statements and tick their boxes.", fields=unsigned)


def _examined(engagement: Engagement, finding: ReportFinding) -> list[dict[str, Any]]:
    """The findings in the order of the criteria, each with its words and rule. Raises Invalid or StillMissing."""
    given = {str(one.get("code")): one for one in finding.findings}
    criteria = criteria_for(engagement.matter_kind, engagement.resource_type)
    rows = [_row(criterion.code, criterion.words, criterion.rule, given.get(criterion.code)) for criterion in criteria]
    silent = [(index, row) for index, row in enumerate(rows) if not row["words"] or row["passed"] is None]
    if silent:
        missing = {f"findings-{index}-words": [f"Say what you found on: {row['criterion']}."] for index, row in silent}
        what_to_do = "For each criterion say whether it holds, and what you saw."
        raise StillMissing("Some criteria have no finding.", rule="6.2", what_to_do=what_to_do, fields=missing)
    _check_opinion(finding, [row["criterion"] for row in rows if not row["passed"]])
    _check_mwh(engagement.matter_kind, finding.verified_mwh)
    return rows


def _row(code: str, criterion: str, rule: str, given: dict[str, Any] | None) -> dict[str, Any]:
    passed = None if given is None or given.get("passed") is None else bool(given["passed"])
    return {"code": code, "criterion": criterion, "rule": rule, "passed": passed, "words": str((given or {}).get("words") or "").strip()}


def _check_opinion(finding: ReportFinding, failed: list[str]) -> None:
    if finding.opinion not in OPINIONS:
        raise _wrong("opinion", "The opinion is positive or negative.", "Choose one.", "6.2")
    if not finding.opinion_words.strip():
        raise _wrong("opinion_words", "The opinion has no words.", "Write what you verified, for which period, under which plan.", "6.2")
    if finding.opinion == "positive" and failed:
        words = f"A positive opinion does not agree with what you found on: {'; '.join(failed)}."
        raise _wrong("opinion", words, "Give a negative opinion, or correct the finding.", "6.2")


def _check_mwh(matter_kind: str, verified_mwh: Decimal | None) -> None:
    if matter_kind != MV_REPORT and verified_mwh is not None:
        raise _wrong("verified_mwh", "MWh are verified on an M&V report, not on an application.", "Leave it empty.", "6.6")
    if matter_kind == MV_REPORT and (verified_mwh is None or not verified_mwh.is_finite() or verified_mwh < 0):
        raise _wrong("verified_mwh", "The verified MWh are missing.", "Give the MWh that you verified, 0 or more; no more ERCs than these are issued.", "6.6")


def _wrong(field_name: str, words: str, what_to_do: str, rule: str) -> Invalid:
    return Invalid(words, rule=rule, what_to_do=what_to_do, fields={field_name: [f"{words} {what_to_do}"]})
