"""The statements of the trace, at most ten for one serial: kept as text, because this is the page whose speed is promised and measured.

The block is found by the index on `first_sequence`, the ledger lines by the GiST index on their range; nothing here reads more the more
blocks there are (rules 10.3, 14.1 to 14.7).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.record import leaf_of

BLOCK_COLUMNS = """
    b.first_sequence, b.last_sequence, b.issuing_state, b.vintage_year, b.origin_code, b.basis_code, b.status, b.since, b.issuance_id, b.hold_id,
    a.number AS account_number, a.account_kind, a.name AS account_name, o.name AS holder_organisation
    FROM found b JOIN account a ON a.id = b.account_id JOIN organisation o ON o.id = a.organisation_id
"""

BLOCK_AT = f"""
    WITH found AS (SELECT * FROM erc_block WHERE first_sequence <= %(sequence)s ORDER BY first_sequence DESC LIMIT 1)
    SELECT {BLOCK_COLUMNS}
    """  # noqa: S608
"""The block that begins at or before a sequence; whether it reaches as far is for the caller to see."""

BLOCKS_IN = f"""
    WITH found AS (
        SELECT * FROM erc_block
        WHERE int8range(first_sequence, last_sequence, '[]') && int8range(cast(%(first)s AS bigint), cast(%(last)s AS bigint), '[]')
        ORDER BY first_sequence LIMIT %(most)s
    )
    SELECT {BLOCK_COLUMNS} ORDER BY b.first_sequence
    """  # noqa: S608

PAPERS_BEHIND = """
    SELECT
        i.id AS issuance_id, i.creditable_mwh, i.approved_mwh, i.carry_in, i.carry_out, i.ercs, i.calculation AS issuance_calculation,
        i.first_sequence, i.last_sequence, i.authority, i.reasons, i.issued_at, ia.number AS first_account,
        m.id AS report_id, m.number AS report_number, m.version AS report_version, m.state AS report_state, m.period_start_on, m.period_end_on,
        m.claimed_mwh, m.verified_mwh, m.submitted_at AS report_submitted_at, m.calculation AS report_calculation,
        m.decided_at AS report_decided_at, m.decision_authority AS report_authority, m.decision_reasons AS report_reasons,
        p.id AS application_id, p.number AS application_number, p.version AS application_version, p.state AS application_state, p.facts,
        p.submitted_at AS application_submitted_at, p.decided_at AS application_decided_at, p.decision_authority AS application_authority,
        p.decision_reasons AS application_reasons,
        e.id AS emv_plan_id, e.statements, e.approved_at AS emv_plan_approved_at,
        r.id AS resource_id, r.number AS resource_number, r.name AS resource_name, r.type_code, r.host_state, r.oris_plant_code, r.generator_id,
        r.status AS resource_status, r.status_since, provider.name AS provider_name,
        er.id AS record_id, er.year, er.co2_lb, er.uncounted_co2_lb, er.net_generation_mwh, er.reference_rate_lb_per_mwh, er.basis_words,
        er.state AS record_state, er.filed_at, er.calculation AS record_calculation, er.decided_at AS record_decided_at,
        er.decision_authority AS record_authority, er.decision_reasons AS record_reasons,
        u.id AS egu_id, u.plant_name, u.oris_plant_code AS egu_plant_code, u.unit_id, u.unit_class, u.state AS egu_state, u.generation_2012_mwh,
        owner.name AS owner_name,
        (
            SELECT plan.parameters ->> 'time_zone' FROM state_plan plan
            WHERE plan.state = i.issuing_state AND plan.effective_on <= %(today)s ORDER BY plan.effective_on DESC, plan.version DESC LIMIT 1
        ) AS time_zone
    FROM issuance i
    JOIN account ia ON ia.id = i.account_id
    LEFT JOIN mv_report m ON m.id = i.mv_report_id
    LEFT JOIN application p ON p.id = m.application_id
    LEFT JOIN emv_plan e ON e.id = m.emv_plan_id
    LEFT JOIN resource r ON r.id = i.resource_id
    LEFT JOIN organisation provider ON provider.id = r.provider_organisation_id
    LEFT JOIN emissions_record er ON er.id = i.emissions_record_id
    LEFT JOIN affected_egu u ON u.id = er.egu_id
    LEFT JOIN organisation owner ON owner.id = u.organisation_id
    WHERE i.id = %(issuance_id)s
    """
"""Everything that one issuance rests on (rule 9.19): exactly one of the two chains is there, by CHECK. Its days are those of the state's zone today."""

LEDGER_LINES = """
    SELECT l.first_sequence, l.last_sequence, l.status_before, l.status_after, t.id AS transaction_id, t.number, t.transaction_kind, t.recorded_at,
        t.reason, t.purpose, t.beneficiary, t.cause, t.by_office,
        fa.number AS from_number, fa.account_kind AS from_kind, fo.name AS from_organisation,
        ta.number AS to_number, ta.account_kind AS to_kind, ot.name AS to_organisation
    FROM ledger_line l
    JOIN erc_transaction t ON t.id = l.transaction_id
    JOIN account fa ON fa.id = l.from_account_id JOIN organisation fo ON fo.id = fa.organisation_id
    JOIN account ta ON ta.id = l.to_account_id JOIN organisation ot ON ot.id = ta.organisation_id
    WHERE int8range(l.first_sequence, l.last_sequence, '[]') && int8range(cast(%(first)s AS bigint), cast(%(last)s AS bigint), '[]')
    ORDER BY l.id
    """

VERIFICATIONS = """
    SELECT v.id, v.matter_kind, v.opinion, v.opinion_words, v.findings, v.verified_mwh, v.conflict_attestation, v.signed_at, g.matter_title,
        body.name AS body, c.number AS accreditation_number, c.state AS accreditation_state
    FROM verification_report v
    JOIN engagement g ON g.id = v.engagement_id
    JOIN organisation body ON body.id = g.body_id
    JOIN accreditation c ON c.id = g.accreditation_id
    WHERE v.matter_id = ANY(%(matter_ids)s) ORDER BY v.signed_at
    """

DOCUMENTS = """
    SELECT id, document_kind, heading, file_name, sha256, size_bytes, media_type, confidential, deposited_at, matter_kind, matter_id, issuing_state, sealed_at,
        removed_at, owner_organisation_id, readers
    FROM document
    WHERE matter_id = ANY(%(matter_ids)s) AND removed_at IS NULL AND sealed_at IS NOT NULL ORDER BY deposited_at, id
    """

EVENTS = """
    SELECT id, at, office, on_behalf_of, action, subject_kind, subject_id, subject_title, path, facts, private_facts, salt, concerns, leaf_sha256
    FROM event
    WHERE (concerns && %(ids)s OR (subject_id = %(resource_id)s AND subject_kind = 'resource')) AND split_part(action, '.', 2) <> ALL(%(unspoken)s)
    ORDER BY sequence
    """


@dataclass(slots=True)
class EventRow:
    """An event as the trace reads it: the same names as Event, without what the ORM keeps beside them."""

    id: UUID
    at: datetime
    office: str
    on_behalf_of: str
    action: str
    subject_kind: str
    subject_id: UUID
    subject_title: str
    path: str
    facts: dict[str, Any]
    private_facts: dict[str, Any]
    salt: str
    concerns: list[UUID]
    leaf_sha256: bytes

    @property
    def leaf(self) -> dict[str, Any]:
        return leaf_of(self)
