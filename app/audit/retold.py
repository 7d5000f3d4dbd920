"""What rows tell of decisions, submissions and movements is what their sealed events tell, and what an event speaks of is there (rules 3.16, 8.4, 10.13)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.problem import AT_ONCE, Problem, asked
from app.db import Base

WRITTEN_WITHIN = timedelta(hours=1)
"""A row's instant and its event's are of one transaction; it may have waited for a lock in between."""

TOLD = """
    WITH said(kind, id, subject_id, action, by_id, at, facts) AS (
        SELECT 'application', id, id, CASE state WHEN 'denied' THEN 'application.deny' ELSE 'application.approve' END, decided_by_id, decided_at,
            jsonb_build_object('authority', decision_authority, 'reasons', decision_reasons, 'codes', denial_codes)
        FROM application WHERE state IN ('approved', 'denied')
        UNION ALL SELECT 'M&V report', id, id, CASE state WHEN 'rejected' THEN 'mv_report.reject' ELSE 'mv_report.issue' END, decided_by_id, decided_at,
            jsonb_build_object('authority', decision_authority, 'reasons', decision_reasons, 'codes', denial_codes, 'ercs', issued_ercs)
        FROM mv_report WHERE state IN ('issued', 'corrected', 'rejected')
        UNION ALL SELECT 'emissions record', id, id, 'emissions_record.' || CASE state WHEN 'rejected' THEN 'reject' ELSE 'issue' END, decided_by_id,
            decided_at, jsonb_build_object('authority', decision_authority, 'reasons', decision_reasons)
        FROM emissions_record WHERE state IN ('issued', 'rejected')
        UNION ALL SELECT 'emissions record', id, id, 'emissions_record.file', filed_by_id, filed_at,
            jsonb_build_object('year', year, 'co2_lb', co2_lb, 'net_generation_mwh', net_generation_mwh) FROM emissions_record
        UNION ALL SELECT 'application', id, id, 'application.submit', certified_by_id, submitted_at, jsonb_build_object('certification', certification)
        FROM application WHERE submitted_at IS NOT NULL
        UNION ALL SELECT 'M&V report', id, id, 'mv_report.submit', certified_by_id, submitted_at,
            jsonb_build_object('claimed_mwh', claimed_mwh, 'verified_mwh', verified_mwh, 'creditable_mwh', creditable_mwh, 'flagged', flagged)
        FROM mv_report WHERE submitted_at IS NOT NULL
        UNION ALL SELECT 'application', id, id, 'application.return', NULL, state_since, jsonb_build_object('reasons', return_reasons)
        FROM application WHERE state = 'incomplete'
        UNION ALL SELECT 'M&V report', id, id, 'mv_report.return', NULL, state_since, jsonb_build_object('reasons', return_reasons)
        FROM mv_report WHERE state = 'incomplete'
        UNION ALL SELECT 'application', id, id, 'application.recommend', recommended_by_id, recommended_at,
            recommendation || jsonb_build_object('snapshot_sha256', snapshot_sha256) FROM application WHERE recommended_at IS NOT NULL
        UNION ALL SELECT 'M&V report', id, id, 'mv_report.recommend', recommended_by_id, recommended_at,
            recommendation || jsonb_build_object('snapshot_sha256', snapshot_sha256) FROM mv_report WHERE recommended_at IS NOT NULL
        UNION ALL SELECT 'emissions record', id, id, 'emissions_record.recommend', recommended_by_id, recommended_at,
            recommendation || jsonb_build_object('snapshot_sha256', snapshot_sha256) FROM emissions_record WHERE recommended_at IS NOT NULL
        UNION ALL SELECT 'issuance', id, coalesce(mv_report_id, emissions_record_id),
            CASE WHEN mv_report_id IS NULL THEN 'emissions_record.issue' ELSE 'mv_report.issue' END, decided_by_id, issued_at,
            jsonb_build_object('authority', authority, 'reasons', reasons, 'recommended_by_id', recommended_by_id) FROM issuance
        UNION ALL SELECT 'proposal', id, id, 'proposal.propose', proposed_by_id, proposed_at,
            facts || jsonb_build_object('proposal_kind', proposal_kind, 'reasons', reasons) FROM proposal
        UNION ALL SELECT 'proposal', id, id, 'proposal.' || CASE state WHEN 'confirmed' THEN 'confirm' WHEN 'refused' THEN 'refuse' ELSE 'withdraw' END,
            decided_by_id, decided_at, jsonb_build_object('what', proposal_kind, 'reasons', reasons, 'decision_reasons', decision_reasons)
        FROM proposal WHERE state <> 'open'
        UNION ALL SELECT 'hold', id, id, 'hold.place', placed_by_id, placed_at, jsonb_build_object('reason', reason) FROM hold
        UNION ALL SELECT 'hold', id, id, 'hold.lift', NULL, lifted_at, jsonb_build_object('reason', lift_reason) FROM hold WHERE lifted_at IS NOT NULL
        UNION ALL SELECT 'surrender', id, id, 'surrender.surrender', surrendered_by_id, surrendered_at,
            jsonb_build_object('quantity', quantity, 'period', period_start_year || '–' || period_end_year) FROM surrender WHERE deduction_id IS NULL
        UNION ALL SELECT 'deduction', id, id, 'deduction.deduct', deducted_by_id, deducted_at,
            jsonb_build_object('period', period_start_year || '–' || period_end_year) FROM deduction
        UNION ALL SELECT 'account', a.id, a.id, 'account.open', NULL, a.opened_at,
            jsonb_build_object('number', a.number, 'account_kind', a.account_kind, 'organisation', o.name)
        FROM account a LEFT JOIN organisation o ON o.id = a.organisation_id
        UNION ALL SELECT 'affected EGU', u.id, u.id, 'affected_egu.register', NULL, u.registered_at,
            jsonb_build_object('unit_class', u.unit_class, 'account', a.number) FROM affected_egu u LEFT JOIN account a ON a.id = u.account_id
        UNION ALL SELECT 'organisation', id, id, 'organisation.add', NULL, opened_at, jsonb_build_object('state', state, 'organisation_kind', organisation_kind)
        FROM organisation
        UNION ALL SELECT 'person', id, id, 'user.invite', NULL, invited_at, jsonb_build_object('role', role) FROM "user"
        UNION ALL SELECT 'grant', id, id, 'agent_grant.grant', granted_by_id, granted_at,
            jsonb_build_object('scope', scope, 'instrument', instrument, 'from_on', from_on, 'until_on', until_on) FROM agent_grant
        UNION ALL SELECT 'transaction', t.id, t.id, 'erc_transaction.record', t.by_id, t.recorded_at, jsonb_build_object(
            'transaction_kind', t.transaction_kind, 'quantity', t.quantity, 'reason', t.reason, 'beneficiary', t.beneficiary,
            'from_account', sender.number, 'to_account', receiver.number)
        FROM erc_transaction t JOIN account sender ON sender.id = t.from_account_id JOIN account receiver ON receiver.id = t.to_account_id
        WHERE t.transaction_kind IN ('transfer', 'retire')
    )
    SELECT s.kind || ' ' || s.id AS subject, s.action, s.by_id, s.at, s.facts, e.id AS event_id, e.actor_id, e.at AS told_at,
        CASE WHEN s.action IN ('proposal.refuse', 'proposal.withdraw') THEN jsonb_build_object('decision_reasons', e.private_facts -> 'reasons')
            ELSE e.facts || e.private_facts END AS told
    FROM said s LEFT JOIN LATERAL (
        SELECT id, actor_id, at, facts, private_facts FROM event WHERE subject_id = s.subject_id AND action = s.action ORDER BY sequence DESC LIMIT 1
    ) e ON true
"""
"""Each row beside the last event of what it tells."""

UNTOLD = """
    SELECT 'transaction ' || t.number AS subject, t.transaction_kind AS kind FROM erc_transaction t
    WHERE t.transaction_kind IN ('transfer', 'retire', 'surrender') AND NOT EXISTS (
        SELECT FROM event e WHERE e.concerns @> ARRAY[t.id]
        AND e.action IN ('erc_transaction.record', 'offer.accept', 'surrender.surrender', 'deduction.deduct')
    )
"""
ISSUED_OTHERWISE = """
    SELECT 'issuance ' || i.id AS subject FROM issuance i
    JOIN LATERAL (SELECT facts FROM event WHERE subject_id = i.mv_report_id AND action = 'mv_report.issue' ORDER BY sequence DESC LIMIT 1) e ON true
    WHERE NOT (e.facts -> 'approved_mwh' @> to_jsonb(i.vintage_year || ': ' || i.approved_mwh)
        AND e.facts -> 'carry_out' @> to_jsonb(i.vintage_year || ': ' || i.carry_out))
"""
ANOTHER_UNIT = """
    SELECT 'surrender ' || s.id AS subject FROM surrender s
    WHERE NOT EXISTS (SELECT FROM event e WHERE e.concerns @> ARRAY[s.transaction_id] AND e.concerns @> ARRAY[s.egu_id])
    UNION ALL SELECT 'case ' || c.id FROM reopened_case c LEFT JOIN surrender s ON s.id = c.surrender_id WHERE s.egu_id IS DISTINCT FROM c.egu_id
"""
OWED = """
    SELECT 'reopened cases' AS subject, told.ercs AS told, owed.ercs AS owed FROM (
        SELECT coalesce(sum(r.value::numeric), 0)::bigint AS ercs FROM event e
        CROSS JOIN LATERAL jsonb_each_text(CASE jsonb_typeof(e.facts -> 'replacements_owed') WHEN 'object' THEN e.facts -> 'replacements_owed' ELSE '{}' END) r
        WHERE e.action = 'proposal.confirm' AND e.facts ->> 'what' = 'cancel'
    ) told CROSS JOIN (SELECT coalesce(sum(replacements_owed), 0)::bigint AS ercs FROM reopened_case) owed WHERE told.ercs <> owed.ercs
"""
DEDUCTED_THROUGH = """
    SELECT 'account ' || a.number AS subject FROM account a
    WHERE a.deducted_through_year IS DISTINCT FROM (SELECT max(d.period_end_year) FROM deduction d WHERE d.account_id = a.id)
"""
RESOURCE_STATUS = """
    SELECT 'resource ' || r.id AS subject, r.status AS status, decided.status AS decided FROM resource r
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT e.facts ->> 'after' FROM event e WHERE e.concerns @> ARRAY[r.id] AND e.action = 'proposal.confirm'
                AND e.facts ->> 'what' IN ('suspend', 'reinstate', 'revoke') ORDER BY e.sequence DESC LIMIT 1),
            CASE WHEN EXISTS (SELECT FROM application a WHERE a.resource_id = r.id AND a.state = 'approved') THEN 'qualified' ELSE 'candidate' END
        ) AS status
    ) decided WHERE r.status <> decided.status
"""
QUALIFIED_AS = """
    SELECT 'resource ' || r.id AS subject FROM resource r
    JOIN LATERAL (SELECT facts FROM application WHERE resource_id = r.id AND state = 'approved' ORDER BY decided_at DESC LIMIT 1) a ON true
    WHERE r.description <> a.facts OR r.name <> a.facts ->> 'name' OR r.type_code <> a.facts ->> 'type_code'
        OR r.host_state <> coalesce(nullif(a.facts ->> 'host_state', ''), r.issuing_state)
        OR r.oris_plant_code <> ltrim(btrim(coalesce(a.facts ->> 'oris_plant_code', '')), '0')
        OR r.generator_id <> btrim(coalesce(a.facts ->> 'generator_id', ''))
"""
STRAY_EVENT = "SELECT 'event ' || id AS subject FROM event WHERE NOT concerns @> ARRAY[subject_id]"
OTHER_HANDS = """
    SELECT 'resource ' || r.id AS subject FROM resource r LEFT JOIN organisation o ON o.id = r.provider_organisation_id
    LEFT JOIN account a ON a.id = r.account_id
    WHERE o.id IS NULL OR (r.account_id IS NOT NULL AND a.organisation_id IS DISTINCT FROM r.provider_organisation_id)
    UNION SELECT 'application ' || m.id FROM application m LEFT JOIN resource r ON r.id = m.resource_id
    WHERE (r.provider_organisation_id, r.issuing_state) IS DISTINCT FROM (m.provider_organisation_id, m.issuing_state)
    UNION SELECT 'M&V report ' || m.id FROM mv_report m LEFT JOIN resource r ON r.id = m.resource_id
    WHERE (r.provider_organisation_id, r.issuing_state) IS DISTINCT FROM (m.provider_organisation_id, m.issuing_state)
"""
WHOLE = frozenset({"application.recommend", "mv_report.recommend", "emissions_record.recommend"})
"""Events that tell every word of what their row keeps."""
OR_BY_OFFER = "erc_transaction.record"
"""What moved by an accepted offer has no such event of its own; `UNTOLD` looks for the offer's."""


def checks(session: Session) -> Iterator[Problem]:
    yield from told_otherwise(session)
    yield from asked(session, "event_of_movement", "It is a {kind} of which no event tells.", UNTOLD)
    yield from asked(session, "as_sealed", "It says other approved MWh, or another carry, than the event of the issue.", ISSUED_OTHERWISE)
    yield from asked(session, "as_sealed", "No event tells of it for this unit.", ANOTHER_UNIT)
    yield from asked(session, "as_sealed", "They owe {owed} valid ERCs; the cancellations told of {told}.", OWED)
    yield from asked(session, "as_sealed", "It says other periods are done than the state deducted for.", DEDUCTED_THROUGH)
    yield from asked(session, "as_sealed", "It is {status}, and was decided to be {decided}.", RESOURCE_STATUS)
    yield from asked(session, "as_sealed", "It is described otherwise than in the application that was approved.", QUALIFIED_AS)
    yield from asked(session, "row_of_event", "It does not stand in the history of what it speaks of.", STRAY_EVENT)
    yield from asked(session, "as_sealed", "It belongs to another provider than its resource, or its ERCs would go to another one's account.", OTHER_HANDS)
    yield from gone(session)


def told_otherwise(session: Session) -> Iterator[Problem]:
    for row in session.execute(text(TOLD).execution_options(yield_per=AT_ONCE)):
        if row.event_id is None:
            if row.action != OR_BY_OFFER:
                yield Problem("as_sealed", row.subject, f"Its row tells of it, but there is no event {row.action}.")
            continue
        told = row.told
        wrong = [name for name, said in row.facts.items() if (name in told or row.action in WHOLE) and not alike(said, told.get(name))]
        wrong += ["who did it"] if row.by_id is not None and row.by_id != row.actor_id else []
        wrong += ["when"] if row.at is None or abs(row.at - row.told_at) > WRITTEN_WITHIN else []
        if wrong:
            yield Problem("as_sealed", row.subject, f"Its row says otherwise than its event {row.action}: {', '.join(wrong)}.")


def alike(said: Any, sealed: Any) -> bool:
    """Whether a row's value and an event's are the same; numbers by their value, text without the space around it."""
    if isinstance(said, (list, dict)) or isinstance(sealed, (list, dict)):
        return said == sealed or (not said and not sealed)
    ours, theirs = str("" if said is None else said).strip(), str("" if sealed is None else sealed).strip()
    try:
        return ours == theirs or Decimal(ours) == Decimal(theirs)
    except InvalidOperation:
        return False


def gone(session: Session) -> Iterator[Problem]:
    """Events of things whose row is not there any more. No row that an event speaks of is ever removed."""
    kinds = tables()
    rows = " UNION ALL ".join(f"SELECT '{kind}' AS kind, id FROM \"{table}\"" for kind, table in kinds.items())  # noqa: S608 - names of our own tables.
    query = f"""
        SELECT DISTINCT e.subject_kind || ' ' || e.subject_id AS subject, e.subject_title AS title FROM event e
        LEFT JOIN ({rows}) there ON there.id = e.subject_id AND there.kind = e.subject_kind WHERE e.subject_kind = ANY(:kinds) AND there.id IS NULL
    """  # noqa: S608
    yield from asked(session, "row_of_event", "Events speak of {title}, but its row is not there.", query, kinds=list(kinds))


def tables() -> Mapping[str, str]:
    """The table of each kind of thing that events speak of."""
    mapped = (one.class_ for one in Base.registry.mappers)
    return {one.kind: one.__tablename__ for one in mapped if "kind" in vars(one) and hasattr(one, "id")}
