"""The lists that are not everybody's: proposals, engagements for their two sides, the event log for auditors (rules 6.10, 8.8, 10.13, 13.8)."""

from app.docket.queries.listing import Filter, Listing

PROPOSALS = Listing(
    "proposals",
    "Proposals",
    "What one person proposed and a second one decides: cancellation, suspension, reinstatement, revocation, and the correction of an account error.",
    "Nothing is proposed. A proposal appears here when a reviewer makes one, or the administrator for an account error.",
    {
        "proposal": "replace(p.proposal_kind, '_', ' ')",
        "about": "p.about_title",
        "state": "p.state",
        "proposed_at": "p.proposed_at",
        "proposed_by": "w.name",
        "decided_at": "p.decided_at",
        "path": "'/proposals/' || p.id",
    },
    'proposal p JOIN "user" w ON w.id = p.proposed_by_id',
    (Filter("status", "p.state = :status", "SELECT unnest(ARRAY['open', 'confirmed', 'refused', 'withdrawn'])"),),
    "-proposed_at",
)

ENGAGEMENTS = Listing(
    "engagements",
    "Engagements",
    "Matters for which a verification body was asked, by the day on which its report is due.",
    "No engagement yet. One appears here when a provider asks a verification body.",
    {
        "due_on": "g.due_on",
        "matter": "g.matter_title",
        "matter_path": "CASE WHEN g.state IN ('accepted', 'reported') OR :sees_all THEN g.matter_path END",
        "provider": "o.name",
        "body": "v.name",
        "resource_type": "g.resource_type",
        "state": "g.state",
        "asked_at": "g.asked_at",
        "path": "'/engagements/' || g.id",
    },
    "engagement g JOIN organisation o ON o.id = g.provider_organisation_id JOIN organisation v ON v.id = g.body_id",
    (Filter("status", "g.state = :status", "SELECT unnest(ARRAY['asked', 'accepted', 'reported', 'declined', 'ended'])"),),
    "due_on",
)

IDENTIFIED = "CASE WHEN cast(:subject AS text) ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN cast(cast(:subject AS text) AS uuid) END"

EVENTS = Listing(
    "events",
    "Event log",
    "Everything that was done, by whom, with which facts; private facts too. Nothing here can be changed.",
    "Nothing happened yet that these filters admit.",
    {
        "sequence": "e.sequence",
        "at": "e.at",
        "actor": "e.actor_name",
        "office": "e.office",
        "action": "e.action",
        "subject": "e.subject_title",
        "facts": "cast(e.facts AS text)",
        "private_facts": "cast(e.private_facts AS text)",
        "request_id": "e.request_id",
        "sealed_at_position": "(SELECT l.position FROM log_entry l WHERE l.event_id = e.id)",
        "event": "e.id",
        "subject_path": "e.path",
    },
    "event e",
    (
        Filter("action", "e.action = :action", "SELECT DISTINCT action FROM event ORDER BY 1"),
        Filter("subject", f"e.subject_title ILIKE :subject_pattern OR {IDENTIFIED} = ANY(e.concerns)", label="Subject, or its id"),
        Filter("person", "e.actor_name ILIKE :person_pattern"),
        Filter("from_on", "e.at >= cast(:from_on AS date)", label="From"),
        Filter("until_on", "e.at < cast(:until_on AS date) + 1", label="Until"),
    ),
    "-sequence",
    unsorted=frozenset({"facts", "private_facts", "subject_path", "event", "sealed_at_position"}),
)
