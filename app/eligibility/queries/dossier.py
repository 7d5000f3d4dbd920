"""Everything on which a decision about an application rests, read together in a few statements, and its snapshot (rules 8.2, 8.8)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.documents import queries as documents
from app.eligibility.models import Application, EmvPlan
from app.eligibility.queries.applications import plan_of
from app.erc_tcs import queries as erc_tcs
from app.state_plan import StatePlan, plan_in_force
from app.verifiers import queries as verifiers

if TYPE_CHECKING:
    from app.documents.models import Document
    from app.verifiers.models import VerificationReport


UNREPORTED = ("draft", "in_verification")
"""States in which no report counts: none was given, or the engagement of the one that was has ended."""


@dataclass(frozen=True)
class Dossier:
    """An application with its EM&V plan, its documents, the verification report in force, the receiving account, and the state's plan."""

    application: Application
    emv_plan: EmvPlan
    plan: StatePlan
    documents: tuple["Document", ...]
    report: "VerificationReport | None"
    account_id: UUID | None

    def has(self, document_kind: str) -> bool:
        return any(one.document_kind == document_kind for one in self.documents)


def dossier(session: Session, application: Application) -> Dossier:
    """The dossier as it stands now. Raises NotFound when the state has no plan in force."""
    return Dossier(
        application,
        plan_of(session, application.id),
        plan_in_force(session, application.issuing_state),
        tuple(documents.documents_of(session, application.id)),
        None if application.state in UNREPORTED else verifiers.report_in_force(session, application.id),
        application.resource.account_id or general_account_id(session, application.provider_organisation_id),
    )


def general_account_id(session: Session, organisation_id: UUID) -> UUID | None:
    """The provider's open general account, which receives the ERCs (rule 3.1)."""
    general = (one for one in erc_tcs.accounts_of(session, organisation_id) if one.account_kind == "general" and one.closed_at is None)
    return next((one.id for one in general), None)


def account_number(session: Session, account_id: UUID | None) -> str:
    """The receiving account's number as papers print it."""
    return erc_tcs.account(session, account_id).number if account_id else "none"


def snapshot(session: Session, application: Application) -> dict[str, Any]:
    """What the first person saw and the second must see unchanged: facts, plan, documents by their hash, and the verification report."""
    return snapshot_of(dossier(session, application))


def snapshot_of(found: Dossier) -> dict[str, Any]:
    report = found.report
    return {
        "facts": found.application.facts,
        "emv_plan": found.emv_plan.statements,
        "documents": sorted([str(one.id), one.sha256] for one in found.documents),
        "verification": None if report is None else {"id": str(report.id), "opinion": report.opinion, "findings": report.findings},
    }
