"""What stands behind an ERC, as plain values: resource, application, EM&V plan, M&V report, verification, calculation, documents (rule 9.19)."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.amounts import tidy
from app.documents.kinds import DOCUMENT_KINDS
from app.documents.models import Document
from app.documents.queries import readable
from app.eligibility.criteria.resource_types import RESOURCE_TYPES
from app.eligibility.queries import APPLICATION_FORM, fields_of
from app.people import Actor

Row = Mapping[Any, Any]

PRIVATE_FACTS = frozenset(one.name for one in fields_of(APPLICATION_FORM) if one.private)
"""Personal contact data of an application: never in a public paper (rule 14.10)."""


def chain(papers: Row, verifications: Sequence[Row], papers_found: list[dict[str, Any]]) -> dict[str, Any]:
    """The keys of a trace that are the same for every ERC of one issuance."""
    shared = {
        "verification_reports": [verification_report(row) for row in verifications],
        "calculation": calculation(papers),
        "documents": papers_found,
    }
    if papers["report_id"] is None:
        return {"resource": unit(papers), "emissions_record": emissions_record(papers), **shared}
    return {"resource": resource(papers), "application": application(papers), "emv_plan": emv_plan(papers), "mv_report": mv_report(papers), **shared}


def resource(row: Row) -> dict[str, Any]:
    kind = RESOURCE_TYPES.get(row["type_code"])
    return {
        "code": f"R{row['resource_number']:06d}",
        "name": row["resource_name"],
        "type_code": row["type_code"],
        "type": kind.title if kind else row["type_code"],
        "host_state": row["host_state"],
        "oris_plant_code": row["oris_plant_code"],
        "generator_id": row["generator_id"],
        "provider": row["provider_name"],
        "status": row["resource_status"],
        "status_since": row["status_since"],
        "path": f"/resources/{row['resource_id']}",
    }


def application(row: Row) -> dict[str, Any]:
    return {
        "code": f"A{row['application_number']:06d}",
        "version": row["application_version"],
        "state": row["application_state"],
        "submitted_at": row["application_submitted_at"],
        "decided_at": row["application_decided_at"],
        "authority": row["application_authority"],
        "reasons": row["application_reasons"],
        "facts": public_facts(row["facts"]),
        "path": f"/applications/{row['application_id']}",
    }


def public_facts(facts: Row) -> dict[str, Any]:
    """An application's facts without personal contact data and without what was left empty."""
    return {name: value for name, value in facts.items() if name not in PRIVATE_FACTS and value not in (None, "", [], {})}


def emv_plan(row: Row) -> dict[str, Any]:
    return {
        "statements": {name: words for name, words in (row["statements"] or {}).items() if words not in (None, "")},
        "approved_at": row["emv_plan_approved_at"],
        "path": f"/applications/{row['application_id']}",
    }


def mv_report(row: Row) -> dict[str, Any]:
    return {
        "code": f"M{row['report_number']:06d}",
        "version": row["report_version"],
        "state": row["report_state"],
        "period_start_on": row["period_start_on"],
        "period_end_on": row["period_end_on"],
        "claimed_mwh": tidy(row["claimed_mwh"]),
        "verified_mwh": tidy(row["verified_mwh"]),
        "submitted_at": row["report_submitted_at"],
        "decided_at": row["report_decided_at"],
        "path": f"/mv-reports/{row['report_id']}",
    }


def unit(row: Row) -> dict[str, Any]:
    """The affected EGU as the resource of its own ERCs, under the same names: its unit id is the generator, its owner the provider."""
    return {
        "code": f"U{row['egu_plant_code']}.{row['unit_id']}",
        "name": f"{row['plant_name']} unit {row['unit_id']}",
        "type_code": row["unit_class"],
        "type": "Affected EGU",
        "host_state": row["egu_state"],
        "oris_plant_code": row["egu_plant_code"],
        "generator_id": row["unit_id"],
        "generation_2012_mwh": tidy(row["generation_2012_mwh"]),
        "provider": row["owner_name"],
        "path": f"/affected-egus/{row['egu_id']}",
    }


def emissions_record(row: Row) -> dict[str, Any]:
    return {
        "year": row["year"],
        "co2_lb": tidy(row["co2_lb"]),
        "uncounted_co2_lb": tidy(row["uncounted_co2_lb"]),
        "net_generation_mwh": tidy(row["net_generation_mwh"]),
        "reference_rate_lb_per_mwh": tidy(row["reference_rate_lb_per_mwh"]),
        "basis_words": row["basis_words"],
        "state": row["record_state"],
        "filed_at": row["filed_at"],
        "decided_at": row["record_decided_at"],
        "path": f"/emissions-records/{row['record_id']}",
    }


def verification_report(row: Row) -> dict[str, Any]:
    return {
        "about": row["matter_title"],
        "body": row["body"],
        "accreditation_number": row["accreditation_number"],
        "opinion": row["opinion"],
        "opinion_words": row["opinion_words"],
        "verified_mwh": tidy(row["verified_mwh"]),
        "conflict_attestation": row["conflict_attestation"],
        "signed_at": row["signed_at"],
        "path": f"/verification-reports/{row['id']}",
    }


def calculation(row: Row) -> dict[str, Any]:
    """From meter to whole ERCs; exact fractions as text, so that a reader can repeat every step (rule 14.6)."""
    return {
        "creditable_mwh": row["creditable_mwh"],
        "approved_mwh": row["approved_mwh"],
        "carry_in_mwh": row["carry_in"],
        "carry_out_mwh": row["carry_out"],
        "ercs": row["ercs"],
        "lines": [line(one) for one in row["issuance_calculation"] or ()],
        "path": f"/issuances/{row['issuance_id']}",
    }


def line(one: Row) -> dict[str, Any]:
    """One step as every page prints it: label, how, value, unit, rule."""
    value, _, unit_words = str(one.get("value", "")).rpartition(" ")
    value, unit_words = (value, unit_words) if unit_words in {"MWh", "ERCs", "lb", "lb/MWh"} else (str(one.get("value", "")), one.get("unit", ""))
    how = one.get("how") or one.get("formula") or ""
    return {"label": one.get("label", ""), "how": how, "value": value, "unit": unit_words, "rule": one.get("rule", ""), "kind": one.get("kind", "")}


def documents(rows: Sequence[Row], actor: Actor) -> list[dict[str, Any]]:
    """The public documents, and of the confidential ones those that this person may read."""
    return [document(row) for row in rows if not row["confidential"] or (actor.user_id and readable(Document(**row), actor))]


def document(row: Row) -> dict[str, Any]:
    """A document as every list names it."""
    return {
        "kind": row["document_kind"],
        "kind_words": DOCUMENT_KINDS.get(row["document_kind"], row["document_kind"]),
        "title": row["heading"],
        "file_name": row["file_name"],
        "sha256": row["sha256"],
        "size": row["size_bytes"],
        "confidential": row["confidential"],
        "at": row["deposited_at"],
        "url": f"/documents/{row['id']}/content",
        "path": f"/documents/{row['id']}",
        "of": row["matter_kind"],
    }
