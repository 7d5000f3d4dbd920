"""What is read of eligibility: resources, applications, EM&V plans, what they lack, what the checks find, and the snapshot of a decision."""

from app.eligibility.queries.applications import (
    ADDRESSES,
    application,
    application_for_update,
    approved_application,
    identify,
    newest_version,
    open_actions,
    open_application,
    plan_of,
    resource,
    resource_for_update,
    resource_standing,
    standing,
    versions_of,
)
from app.eligibility.queries.completeness import Item, all_missing, for_engagement, missing, missing_of, stated_gaps
from app.eligibility.queries.dossier import Dossier, account_number, dossier, general_account_id, snapshot, snapshot_of
from app.eligibility.queries.facts import stored, type_code
from app.eligibility.queries.findings import denial_explained, duplicates, failing_codes, findings, findings_of
from app.eligibility.queries.form import APPLICATION_FORM, DOCUMENT_KINDS, FieldGroup, Form, FormField, fields_of
from app.eligibility.queries.plan_form import PLAN_FORM

__all__ = [
    "ADDRESSES",
    "APPLICATION_FORM",
    "DOCUMENT_KINDS",
    "PLAN_FORM",
    "Dossier",
    "FieldGroup",
    "Form",
    "FormField",
    "Item",
    "account_number",
    "all_missing",
    "application",
    "application_for_update",
    "approved_application",
    "denial_explained",
    "dossier",
    "duplicates",
    "failing_codes",
    "fields_of",
    "findings",
    "findings_of",
    "for_engagement",
    "general_account_id",
    "identify",
    "missing",
    "missing_of",
    "newest_version",
    "open_actions",
    "open_application",
    "plan_of",
    "resource",
    "resource_for_update",
    "resource_standing",
    "snapshot",
    "snapshot_of",
    "standing",
    "stated_gaps",
    "stored",
    "type_code",
    "versions_of",
]
