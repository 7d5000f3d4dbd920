"""The lists that everybody may read: resources, applications, reports, decisions, issuances, ERCs, accounts, movements, units, verifiers.

Each row's `path` is the page of the thing, `x_path` the page of what stands under `x`.
"""

from app.docket.queries.listing import Filter, Listing

SUBMITTED = "m.submitted_at IS NOT NULL AND m.state NOT IN ('draft', 'in_verification', 'verified')"
"""What the public may see of applications and reports (rule 8.9)."""


def padded(expression: str, digits: int) -> str:
    """A number with leading zeros, which a longer number does without."""
    return f"lpad({expression}::text, greatest({digits}, length({expression}::text)), '0')"


SERIALS = (
    f"b.issuing_state || '-' || b.vintage_year || '-' || b.origin_code || '-' || b.basis_code || '-' || {padded('b.first_sequence', 9)}"
    f" || CASE WHEN b.last_sequence > b.first_sequence THEN '..' || {padded('b.last_sequence', 9)} ELSE '' END"
)
"""The printed serials of a block, as erc_tcs.serials prints them (rule 9.6)."""

LATEST_STATE = f"(SELECT m.state FROM application m WHERE m.resource_id = r.id AND {SUBMITTED} ORDER BY m.number DESC, m.version DESC LIMIT 1)"  # noqa: S608
"""How the newest submitted application of a resource stands, so that a candidate that was denied is told from one that is under review (rule 8.3)."""

STATES = "SELECT DISTINCT state FROM state_plan ORDER BY 1"
VINTAGES = "SELECT DISTINCT vintage_year FROM issuance ORDER BY 1"


def code(letter: str, expression: str) -> str:
    """A code such as R000123."""
    return f"'{letter}' || {padded(expression, 6)}"


RESOURCES = Listing(
    "resources",
    "Resources",
    "Every resource for which an application was submitted, with its qualification and how its newest application stands.",
    "No resource yet. One appears here when a provider submits an eligibility application for it.",
    {
        "name": "r.name",
        "code": code("R", "r.number"),
        "type_code": "r.type_code",
        "host_state": "r.host_state",
        "oris_plant_code": "r.oris_plant_code",
        "generator_id": "r.generator_id",
        "provider": "o.name",
        "status": "r.status",
        "application_state": LATEST_STATE,
        "ercs_issued": "(SELECT cast(coalesce(sum(i.ercs), 0) AS bigint) FROM issuance i WHERE i.resource_id = r.id)",
        "path": "'/resources/' || r.id",
    },
    "resource r JOIN organisation o ON o.id = r.provider_organisation_id",
    (
        Filter("status", "r.status = :status", "SELECT unnest(ARRAY['candidate', 'qualified', 'suspended', 'revoked'])"),
        Filter("state", "r.issuing_state = :state", STATES, "Issuing state"),
        Filter("type", "r.type_code = :type", "SELECT DISTINCT type_code FROM resource ORDER BY 1", "Kind"),
        Filter("q", "r.name ILIKE :q_pattern OR o.name ILIKE :q_pattern OR r.oris_plant_code = :q"),
        Filter("provider", "r.provider_organisation_id = cast(:provider AS uuid)"),
    ),
    "name",
)

APPLICATIONS = Listing(
    "applications",
    "Eligibility applications",
    "What providers submitted, and what the state decided.",
    "No application yet. One appears here when a provider submits it.",
    {
        "application": code("A", "m.number"),
        "version": "m.version",
        "resource": "r.name",
        "resource_path": "'/resources/' || r.id",
        "type_code": "r.type_code",
        "provider": "o.name",
        "state": "m.state",
        "submitted_at": "m.submitted_at",
        "decided_at": "m.decided_at",
        "denial_codes": "array_to_string(m.denial_codes, ', ')",
        "path": "'/applications/' || m.id",
    },
    "application m JOIN resource r ON r.id = m.resource_id JOIN organisation o ON o.id = m.provider_organisation_id",
    (
        Filter(
            "status", "m.state = :status", "SELECT unnest(ARRAY['submitted', 'under_review', 'incomplete', 'recommended', 'approved', 'denied', 'withdrawn'])"
        ),
        Filter("state", "m.issuing_state = :state", STATES, "Issuing state"),
        Filter("code", ":code = ANY(m.denial_codes)", "SELECT DISTINCT unnest(denial_codes) FROM application ORDER BY 1", "Denied for"),
        Filter("q", "r.name ILIKE :q_pattern OR o.name ILIKE :q_pattern"),
    ),
    "-submitted_at",
)

MV_REPORTS = Listing(
    "mv_reports",
    "M&V reports",
    "Metered or saved MWh by period, as submitted, verified and decided.",
    "No M&V report yet. One appears here when the provider of a qualified resource submits it.",
    {
        "report": code("M", "m.number"),
        "version": "m.version",
        "resource": "m.resource_name",
        "resource_path": "'/resources/' || m.resource_id",
        "provider": "o.name",
        "period_start_on": "m.period_start_on",
        "period_end_on": "m.period_end_on",
        "claimed_mwh": "trim_scale(m.claimed_mwh)",
        "verified_mwh": "trim_scale(m.verified_mwh)",
        "state": "m.state",
        "issued_ercs": "m.issued_ercs",
        "flag": "CASE WHEN m.flagged THEN 'flagged' ELSE '' END",
        "submitted_at": "m.submitted_at",
        "path": "'/mv-reports/' || m.id",
    },
    "mv_report m JOIN organisation o ON o.id = m.provider_organisation_id",
    (
        Filter(
            "status",
            "m.state = :status",
            "SELECT unnest(ARRAY['submitted', 'under_review', 'incomplete', 'recommended', 'issued', 'rejected', 'corrected', 'withdrawn'])",
        ),
        Filter("state", "m.issuing_state = :state", STATES, "Issuing state"),
        Filter("flagged", "m.flagged = cast(:flagged AS boolean)"),
        Filter("resource", "m.resource_id = cast(:resource AS uuid)"),
        Filter("q", "m.resource_name ILIKE :q_pattern OR o.name ILIKE :q_pattern"),
    ),
    "-submitted_at",
)

DECIDED = f"""
    SELECT m.decided_at, m.state, 'Application ' || {code("A", "m.number")} || ' of ' || r.name AS about, m.denial_codes,
        m.decision_authority AS authority, m.decision_reasons AS reasons, m.issuing_state, '/applications/' || m.id AS path
    FROM application m JOIN resource r ON r.id = m.resource_id WHERE m.decided_at IS NOT NULL
    UNION ALL
    SELECT m.decided_at, m.state, 'M&V report ' || {code("M", "m.number")} || ' of ' || m.resource_name, m.denial_codes, m.decision_authority,
        m.decision_reasons, m.issuing_state, '/mv-reports/' || m.id
    FROM mv_report m WHERE m.decided_at IS NOT NULL
    UNION ALL
    SELECT m.decided_at, m.state, 'Emissions record ' || m.year || ' of ' || u.plant_name || ' unit ' || u.unit_id, cast(ARRAY[] AS text[]),
        m.decision_authority, m.decision_reasons, m.issuing_state, '/emissions-records/' || m.id
    FROM emissions_record m JOIN affected_egu u ON u.id = m.egu_id WHERE m.decided_at IS NOT NULL
"""  # noqa: S608
"""The three kinds of matter that the state decides, in one shape."""

DECISIONS = Listing(
    "decisions",
    "Decisions",
    "What the state decided, on which matter, by which authority and why (programme rule 8.4).",
    "No decision yet. One appears here when the second reviewer decides.",
    {
        "about": "d.about",
        "decision": "d.state",
        "decided_at": "d.decided_at",
        "codes": "array_to_string(d.denial_codes, ', ')",
        "authority": "d.authority",
        "reasons": "d.reasons",
        "path": "d.path",
    },
    f"({DECIDED}) d",
    (
        Filter("decision", "d.state = :decision", "SELECT unnest(ARRAY['approved', 'denied', 'issued', 'rejected', 'corrected'])"),
        Filter("state", "d.issuing_state = :state", STATES, "Issuing state"),
        Filter("code", ":code = ANY(d.denial_codes)"),
    ),
    "-decided_at",
)

ISSUANCES = Listing(
    "issuances",
    "Issuances",
    "Every minting of ERCs: on which report or record, for which vintage, how many.",
    "No ERCs have been issued yet. An issuance appears here when the state decides on a verified M&V report.",
    {
        "issued_at": "i.issued_at",
        "to": "coalesce(r.name, u.plant_name || ' unit ' || u.unit_id)",
        "to_path": "coalesce('/resources/' || r.id, '/affected-egus/' || u.id)",
        "basis": "CASE WHEN m.id IS NOT NULL THEN " + code("M", "m.number") + " ELSE 'EGU' || e.year END",
        "basis_path": "coalesce('/mv-reports/' || m.id, '/emissions-records/' || e.id)",
        "vintage_year": "i.vintage_year",
        "ercs": "i.ercs",
        "carry_out": "i.carry_out",
        "issuing_state": "i.issuing_state",
        "path": "'/issuances/' || i.id",
    },
    "issuance i LEFT JOIN mv_report m ON m.id = i.mv_report_id LEFT JOIN resource r ON r.id = i.resource_id"
    " LEFT JOIN emissions_record e ON e.id = i.emissions_record_id LEFT JOIN affected_egu u ON u.id = e.egu_id",
    (
        Filter("vintage", "i.vintage_year = :vintage", VINTAGES),
        Filter("state", "i.issuing_state = :state", STATES, "Issuing state"),
        Filter("resource", "i.resource_id = cast(:resource AS uuid)"),
    ),
    "-issued_at",
)

ERCS = Listing(
    "ercs",
    "ERCs",
    "Where every emission rate credit is now, in ranges of consecutive serials.",
    "No ERCs have been issued yet. They appear here when the state decides on a verified M&V report.",
    {
        "serials": SERIALS,
        "quantity": "b.last_sequence - b.first_sequence + 1",
        "vintage_year": "b.vintage_year",
        "issuing_state": "b.issuing_state",
        "resource_code": "b.origin_code",
        "status": "b.status",
        "holder": "o.name",
        "account": "a.number",
        "account_kind": "b.account_kind",
        "account_path": "'/accounts/' || a.number",
        "since": "b.since",
        "path": "'/ercs/' || " + SERIALS,
    },
    "erc_block b JOIN account a ON a.id = b.account_id JOIN organisation o ON o.id = a.organisation_id",
    (
        Filter("status", "b.status = :status", "SELECT unnest(ARRAY['active', 'held', 'reserved', 'surrendered', 'retired', 'cancelled'])"),
        Filter("vintage", "b.vintage_year = :vintage", VINTAGES),
        Filter("state", "b.issuing_state = :state", STATES, "Issuing state"),
        Filter("resource", "b.origin_code = :resource"),
        Filter("account", "a.number = :account"),
    ),
    "serials",
    orders={"serials": "b.first_sequence"},
)

ACCOUNTS = Listing(
    "accounts",
    "Accounts",
    "Where ERCs can be: accounts of owners and providers, and the state's own.",
    "No account yet. The administrator opens them.",
    {
        "account": "a.number",
        "name": "a.name",
        "account_kind": "a.account_kind",
        "organisation": "o.name",
        "state": "a.state",
        "ercs": "(SELECT cast(coalesce(sum(b.last_sequence - b.first_sequence + 1), 0) AS bigint) FROM erc_block b WHERE b.account_id = a.id)",
        "opened_at": "a.opened_at",
        "status": "CASE WHEN a.closed_at IS NULL THEN 'open' ELSE 'closed' END",
        "path": "'/accounts/' || a.number",
    },
    "account a JOIN organisation o ON o.id = a.organisation_id",
    (
        Filter(
            "kind",
            "a.account_kind = :kind",
            "SELECT unnest(ARRAY['compliance', 'general', 'holding', 'origination', 'surrender', 'retirement', 'cancellation'])",
        ),
        Filter("state", "a.state = :state", STATES),
        Filter("q", "o.name ILIKE :q_pattern OR a.number ILIKE :q_pattern"),
    ),
    "account",
)

TRANSACTIONS = Listing(
    "transactions",
    "Transactions",
    "Every movement and change of status of ERCs, as recorded; nothing here is ever changed.",
    "No movement yet. The first one appears here when ERCs are issued.",
    {
        "number": "t.number",
        "transaction_kind": "t.transaction_kind",
        "recorded_at": "t.recorded_at",
        "quantity": "t.quantity",
        "from": "fo.name",
        "from_account": "fa.number",
        "from_account_path": "'/accounts/' || fa.number",
        "to": "ot.name",
        "to_account": "ta.number",
        "to_account_path": "'/accounts/' || ta.number",
        "purpose": "coalesce(nullif(t.purpose, ''), t.reason)",
        "path": "'/transactions/' || t.number",
    },
    "erc_transaction t JOIN account fa ON fa.id = t.from_account_id JOIN organisation fo ON fo.id = fa.organisation_id"
    " JOIN account ta ON ta.id = t.to_account_id JOIN organisation ot ON ot.id = ta.organisation_id",
    (
        Filter(
            "kind",
            "t.transaction_kind = :kind",
            "SELECT unnest(ARRAY['issue', 'transfer', 'surrender', 'retire', 'cancel', 'correct', 'hold', 'lift', 'reserve', 'release'])",
        ),
        Filter("account", "fa.number = :account OR ta.number = :account"),
    ),
    "-number",
)

AFFECTED_EGUS = Listing(
    "affected_egus",
    "Affected EGUs",
    "The units that must meet the plan's emission standards, with what they surrendered and is valid.",
    "No affected EGU yet. The administrator registers them under their facility's compliance account.",
    {
        "unit": "u.plant_name || ' unit ' || u.unit_id",
        "oris_plant_code": "u.oris_plant_code",
        "unit_id": "u.unit_id",
        "unit_class": "u.unit_class",
        "nameplate_mw": "trim_scale(u.nameplate_mw)",
        "commercial_operation_on": "u.commercial_operation_on",
        "operating_status": "CASE WHEN EXISTS (SELECT FROM retired_unit_exemption x WHERE x.egu_id = u.id AND x.lost_on IS NULL)"
        " THEN 'retired' ELSE u.operating_status END",
        "state": "u.state",
        "owner": "o.name",
        "owners": "array_to_string(u.owners, '; ')",
        "operators": "array_to_string(u.operators, '; ')",
        "account": "a.number",
        "account_path": "'/accounts/' || a.number",
        "surrendered_ercs": "(SELECT cast(coalesce(sum(s.quantity), 0) AS bigint) FROM surrender s WHERE s.egu_id = u.id)"
        " - (SELECT cast(coalesce(sum(c.invalid_ercs), 0) AS bigint) FROM reopened_case c WHERE c.egu_id = u.id)",
        "path": "'/affected-egus/' || u.id",
    },
    "affected_egu u JOIN organisation o ON o.id = u.organisation_id JOIN account a ON a.id = u.account_id",
    (
        Filter("state", "u.state = :state", STATES),
        Filter("q", "u.plant_name ILIKE :q_pattern OR o.name ILIKE :q_pattern OR u.oris_plant_code = :q"),
    ),
    "unit",
)

VERIFIERS = Listing(
    "verifiers",
    "Verifiers",
    "Accreditations of verification bodies: for which kinds of resource, by which state, until when.",
    "No verification body is accredited yet. The administrator enters accreditations.",
    {
        "body": "o.name",
        "accreditation": "c.number",
        "accrediting_state": "c.accrediting_state",
        "classes": "coalesce(nullif(array_to_string(c.classes, ', '), ''), 'every kind')",
        "valid_from_on": "c.valid_from_on",
        "valid_until_on": "c.valid_until_on",
        "state": "c.state",
        "path": "'/verifiers/' || o.id",
    },
    "accreditation c JOIN organisation o ON o.id = c.body_id",
    (
        Filter("status", "c.state = :status", "SELECT unnest(ARRAY['active', 'suspended', 'revoked'])"),
        Filter("q", "o.name ILIKE :q_pattern OR c.number ILIKE :q_pattern"),
    ),
    "body",
)

STATE_AGENTS = Listing(
    "state_agents",
    "State agents",
    "Whom a state has vested with authority to act for it: how far, by which instrument, and when. Acts outside a grant are refused.",
    "No state has an agent. Every decision is the states' own. An administrator grants authority on the page of an organisation that is an agent.",
    {
        "agent": "o.name",
        "for_state": "o.state",
        "scope": "g.scope",
        "instrument": "g.instrument",
        "from_on": "g.from_on",
        "until_on": "g.until_on",
        "status": "CASE WHEN g.ended_at IS NOT NULL THEN 'ended' WHEN g.from_on > (now() AT TIME ZONE 'UTC')::date THEN 'not_begun'"
        " WHEN g.until_on < (now() AT TIME ZONE 'UTC')::date THEN 'expired' ELSE 'in_force' END",
        "ended_at": "g.ended_at",
        "ended_reason": "g.ended_reason",
    },
    "agent_grant g JOIN organisation o ON o.id = g.organisation_id",
    (Filter("state", "o.state = :state", STATES), Filter("q", "o.name ILIKE :q_pattern OR g.instrument ILIKE :q_pattern")),
    "agent",
)

PUBLIC = (RESOURCES, APPLICATIONS, MV_REPORTS, DECISIONS, ISSUANCES, ERCS, ACCOUNTS, TRANSACTIONS, AFFECTED_EGUS, VERIFIERS, STATE_AGENTS)
"""Every list above, in the order of a credit's life: what the data set holds (rule 10.18)."""
