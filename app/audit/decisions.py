"""Behind every issuance an approved application, its papers, two people and the events that say so (rules 1.2, 8.1, 8.4, 8.8, 8.13, 9.19, 12.20)."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.audit.problem import Problem, asked

SAME_PERSON = """
    SELECT 'issuance ' || id AS subject FROM issuance WHERE recommended_by_id = decided_by_id
    UNION ALL SELECT 'application ' || id FROM application WHERE state = 'approved' AND recommended_by_id IS NOT DISTINCT FROM decided_by_id
    UNION ALL SELECT 'M&V report ' || id FROM mv_report WHERE state IN ('issued', 'corrected') AND recommended_by_id IS NOT DISTINCT FROM decided_by_id
    UNION ALL SELECT 'emissions record ' || id FROM emissions_record WHERE state = 'issued' AND recommended_by_id IS NOT DISTINCT FROM decided_by_id
    UNION ALL SELECT 'proposal ' || id FROM proposal WHERE state = 'confirmed' AND proposed_by_id IS NOT DISTINCT FROM decided_by_id
"""
OWN_MATTER = """
    SELECT 'application ' || a.id AS subject FROM application a JOIN "user" u ON u.id IN (a.recommended_by_id, a.decided_by_id)
    WHERE u.organisation_id = a.provider_organisation_id
    UNION SELECT 'M&V report ' || m.id FROM mv_report m JOIN "user" u ON u.id IN (m.recommended_by_id, m.decided_by_id)
    WHERE u.organisation_id = m.provider_organisation_id
    UNION SELECT 'emissions record ' || r.id FROM emissions_record r JOIN affected_egu g ON g.id = r.egu_id
    JOIN "user" u ON u.id IN (r.recommended_by_id, r.decided_by_id) WHERE u.organisation_id = g.organisation_id
    UNION SELECT 'deduction ' || d.id FROM deduction d JOIN account a ON a.id = d.account_id JOIN "user" u ON u.id = d.deducted_by_id
    WHERE u.organisation_id = a.organisation_id
"""
NO_ROLE = """
    SELECT 'issuance ' || i.id AS subject FROM issuance i JOIN "user" u ON u.id IN (i.recommended_by_id, i.decided_by_id) WHERE u.role <> 'reviewer'
    GROUP BY i.id
"""
ONE_BASIS = "SELECT 'issuance ' || id AS subject FROM issuance WHERE (mv_report_id IS NULL) = (emissions_record_id IS NULL)"
NOT_APPROVED = """
    SELECT 'issuance ' || i.id AS subject, coalesce(a.state, 'not there') AS state FROM issuance i JOIN mv_report m ON m.id = i.mv_report_id
    LEFT JOIN application a ON a.id = m.application_id LEFT JOIN emv_plan p ON p.id = m.emv_plan_id
    WHERE a.state IS DISTINCT FROM 'approved' OR a.resource_id <> m.resource_id OR p.approved_at IS NULL OR p.application_id <> a.id
       OR i.resource_id IS DISTINCT FROM m.resource_id
"""
NOT_ISSUED = """
    SELECT 'issuance ' || i.id AS subject, coalesce(m.state, e.state) AS state FROM issuance i
    LEFT JOIN mv_report m ON m.id = i.mv_report_id LEFT JOIN emissions_record e ON e.id = i.emissions_record_id
    WHERE coalesce(m.state, e.state) NOT IN ('issued', 'corrected')
"""
COUNTED_WRONG = """
    SELECT 'M&V report ' || m.id AS subject, coalesce(m.issued_ercs, 0) AS says, coalesce(sum(i.ercs), 0)::bigint AS issued
    FROM mv_report m LEFT JOIN issuance i ON i.mv_report_id = m.id WHERE m.state IN ('issued', 'corrected')
    GROUP BY m.id HAVING coalesce(m.issued_ercs, 0) <> coalesce(sum(i.ercs), 0)
"""
NO_EVENT = """
    WITH decided(kind, id, action) AS (
        SELECT 'application', id, 'application.approve' FROM application WHERE state = 'approved'
        UNION ALL SELECT 'application', id, 'application.deny' FROM application WHERE state = 'denied'
        UNION ALL SELECT 'M&V report', id, 'mv_report.issue' FROM mv_report WHERE state IN ('issued', 'corrected')
        UNION ALL SELECT 'M&V report', id, 'mv_report.reject' FROM mv_report WHERE state = 'rejected'
        UNION ALL SELECT 'emissions record', id, 'emissions_record.issue' FROM emissions_record WHERE state = 'issued'
        UNION ALL SELECT 'proposal', id, 'proposal.confirm' FROM proposal WHERE state = 'confirmed'
    )
    SELECT d.kind || ' ' || d.id AS subject, d.action AS action FROM decided d
    LEFT JOIN event e ON e.subject_id = d.id AND e.action = d.action GROUP BY d.kind, d.id, d.action HAVING count(e.id) <> 1
"""
NO_PAPER = """
    WITH needed(matter_id, kind, subject) AS (
        SELECT m.application_id, k.kind, 'issuance ' || i.id FROM issuance i JOIN mv_report m ON m.id = i.mv_report_id
        CROSS JOIN (VALUES ('application_form'), ('emv_plan'), ('eligibility_verification')) AS k(kind)
        UNION ALL SELECT m.id, k.kind, 'issuance ' || i.id FROM issuance i JOIN mv_report m ON m.id = i.mv_report_id
        CROSS JOIN (VALUES ('mv_report_form'), ('mv_verification')) AS k(kind)
        UNION ALL SELECT m.id, 'meter_readings', 'issuance ' || i.id FROM issuance i JOIN mv_report m ON m.id = i.mv_report_id
        WHERE EXISTS (SELECT 1 FROM meter_reading r WHERE r.report_id = m.id)
        UNION ALL SELECT i.emissions_record_id, 'emissions_evidence', 'issuance ' || i.id FROM issuance i WHERE i.emissions_record_id IS NOT NULL
    )
    SELECT n.subject AS subject, n.kind AS kind FROM needed n
    LEFT JOIN document d ON d.matter_id = n.matter_id AND d.document_kind = n.kind AND d.sealed_at IS NOT NULL AND d.removed_at IS NULL
    WHERE d.id IS NULL
"""
NOT_VERIFIED = """
    SELECT 'issuance ' || i.id AS subject, needed.kind AS kind FROM issuance i JOIN mv_report m ON m.id = i.mv_report_id
    CROSS JOIN LATERAL (VALUES ('application', m.application_id), ('mv_report', m.id)) AS needed(kind, id)
    WHERE NOT EXISTS (SELECT 1 FROM verification_report v WHERE v.matter_id = needed.id AND v.matter_kind = needed.kind)
"""
NOT_SEALED = """
    SELECT 'document ' || d.id AS subject FROM document d
    JOIN (SELECT id FROM application WHERE submitted_at IS NOT NULL UNION ALL SELECT id FROM mv_report WHERE submitted_at IS NOT NULL) s ON s.id = d.matter_id
    WHERE d.sealed_at IS NULL AND d.removed_at IS NULL
"""
REMOVED = "SELECT 'document ' || id AS subject FROM document WHERE removed_at IS NOT NULL AND sealed_at IS NOT NULL"

OUTSIDE_GRANT = """
    WITH act(subject, state, by_id, at, needed) AS (
        SELECT 'application ' || id, issuing_state, decided_by_id, decided_at, CASE state WHEN 'approved' THEN 'issuance' ELSE 'review' END FROM application
        UNION ALL SELECT 'application ' || id, issuing_state, recommended_by_id, recommended_at, 'review' FROM application
        UNION ALL SELECT 'M&V report ' || id, issuing_state, decided_by_id, decided_at, CASE state WHEN 'rejected' THEN 'review' ELSE 'issuance' END
        FROM mv_report
        UNION ALL SELECT 'M&V report ' || id, issuing_state, recommended_by_id, recommended_at, 'review' FROM mv_report
        UNION ALL SELECT 'emissions record ' || id, issuing_state, decided_by_id, decided_at, CASE state WHEN 'issued' THEN 'issuance' ELSE 'review' END
        FROM emissions_record
        UNION ALL SELECT 'emissions record ' || id, issuing_state, recommended_by_id, recommended_at, 'review' FROM emissions_record
        UNION ALL SELECT 'issuance ' || id, issuing_state, decided_by_id, issued_at, 'issuance' FROM issuance
        UNION ALL SELECT 'proposal ' || id, issuing_state, decided_by_id, decided_at, CASE state WHEN 'withdrawn' THEN 'review' ELSE 'issuance' END
        FROM proposal
        UNION ALL SELECT 'proposal ' || id, issuing_state, proposed_by_id, proposed_at, 'review' FROM proposal
        UNION ALL SELECT 'deduction ' || d.id, a.state, d.deducted_by_id, d.deducted_at, 'issuance' FROM deduction d JOIN account a ON a.id = d.account_id
    )
    SELECT act.subject AS subject, act.needed AS needed, o.name AS agent FROM act
    JOIN "user" u ON u.id = act.by_id JOIN organisation o ON o.id = u.organisation_id AND o.organisation_kind = 'state_agent'
    WHERE o.state <> act.state OR NOT EXISTS (
        SELECT FROM agent_grant g WHERE g.organisation_id = o.id AND g.scope IN (act.needed, 'issuance') AND g.granted_at <= act.at
        AND (act.at AT TIME ZONE 'UTC')::date BETWEEN g.from_on AND coalesce(g.until_on, 'infinity') AND act.at < coalesce(g.ended_at, 'infinity')
    )
"""
"""What a state's agent did, beside the grant that was in force then: scopes and days as app/agency.py and app/lifecycle.py have them (rule 1.2)."""

CORRECTED_ALONE = """
    SELECT 'transaction ' || t.number AS subject FROM erc_transaction t WHERE t.transaction_kind = 'correct' AND NOT EXISTS (
        SELECT FROM event e JOIN proposal p ON p.id = e.subject_id AND p.proposal_kind = 'correct' AND p.state = 'confirmed'
        WHERE e.action = 'proposal.confirm' AND e.concerns @> ARRAY[t.id]
    )
"""


def checks(session: Session) -> Iterator[Problem]:
    yield from asked(session, "two_people", "One person recommended and decided.", SAME_PERSON)
    yield from asked(session, "own_matter", "Somebody of the provider's own organisation recommended or decided.", OWN_MATTER)
    yield from asked(session, "decided_by_reviewers", "Somebody who is no reviewer recommended or decided.", NO_ROLE)
    yield from asked(session, "one_basis", "It rests on both or on neither of an M&V report and an emissions record.", ONE_BASIS)
    yield from asked(
        session, "approved_application", "Its application is {state}, or it is another resource's, or its EM&V plan is not approved.", NOT_APPROVED
    )
    yield from asked(session, "basis_issued", "ERCs were issued on it, but its basis is {state}.", NOT_ISSUED)
    yield from asked(session, "ercs_of_report", "It says {says} ERCs; its issuances have {issued}.", COUNTED_WRONG)
    yield from asked(session, "decision_event", "There is not exactly one event {action} of it.", NO_EVENT)
    yield from asked(session, "papers", "A sealed document of kind {kind} is not there.", NO_PAPER)
    yield from asked(session, "verified", "There is no verification report on its {kind}.", NOT_VERIFIED)
    yield from asked(session, "sealed_papers", "Its matter was submitted, but it is not sealed.", NOT_SEALED)
    yield from asked(session, "sealed_papers", "It was removed after its submission.", REMOVED)
    yield from asked(session, "within_grant", "{agent} did this as the state's agent, but no grant for {needed} was in force.", OUTSIDE_GRANT)
    yield from asked(session, "correction", "It corrects an account error, but no reviewer confirmed that (rule 13.8).", CORRECTED_ALONE)
