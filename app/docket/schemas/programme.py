"""The first page, the queue, the search, the log, and the pages that explain."""

from marshmallow import fields

from app.docket.schemas.shown import Shown, link, rows, shape
from app.docket.schemas.trace import HEAD, SEALED

WORDS = fields.List(fields.String())
DECISIONS = rows("LatestDecision", "about decision decided_at codes path")
QUEUE_ROW = "matter resource provider issuing_state state flag claimed_by age_days since due_on overdue path"
QUEUE_ROWS = rows("QueueRow", QUEUE_ROW.replace(" overdue", ""), overdue=fields.String())
COUNTS = fields.Nested(
    type("QueueCounts", (Shown,), {name: fields.Integer() for name in ("second_person", "mine", "unclaimed", "recommended", "others", "provider", "proposals")})
)
WAITING_PROPOSALS = rows("WaitingProposal", "proposal proposed_at age_days remark path")
MATTERS = rows("OwnMatter", "matter state since what act waits_for due_on path")
ACCOUNTS = rows("OwnAccount", "account account_kind ercs_active ercs_reserved offers_to_you offers_by_you path")

HomeSchema = shape(
    "Home",
    "role organisation issued active held surrendered retired cancelled overdue",
    decisions=DECISIONS,
    waiting=fields.List(fields.Dict()),
    under_way=MATTERS,
    decided=MATTERS,
    resources=fields.List(fields.Dict()),
    accounts=ACCOUNTS,
    engagements=rows("OpenEngagement", "matter provider state due_on since path"),
    accreditations=rows("OwnAccreditation", "accreditation state valid_until_on path"),
    counts=COUNTS,
    proposals=WAITING_PROPOSALS,
    units=rows("OwnUnit", "unit period need surrendered usable_in_account missing by_when path"),
    offers=rows("IncomingOffer", "from quantity offered_at reason path"),
    stuck=fields.Dict(keys=fields.String(), values=fields.Integer()),
    events=rows("LatestEvent", "at action subject office subject_path"),
)

QueueSchema = shape(
    "Queue",
    "title q overdue",
    counts=COUNTS,
    second_person=QUEUE_ROWS,
    mine=QUEUE_ROWS,
    unclaimed=QUEUE_ROWS,
    recommended=QUEUE_ROWS,
    others=QUEUE_ROWS,
    provider=QUEUE_ROWS,
    proposals=WAITING_PROPOSALS,
)

SearchResultSchema = shape("SearchResult", "title q straight_to", results=rows("Hit", "kind title about path"))

LogSchema = shape(
    "PublicLog",
    "title size waiting",
    head_every_seconds=fields.Integer(),
    head=HEAD,
    heads=rows("HeadRow", "size signed_at root"),
    signing_keys=rows("LogKey", "public_key first_signed_at last_signed_at", first_size=fields.Integer(), last_size=fields.Integer()),
)
HeadsSchema = shape("LogHeads", "title", heads=rows("FullHead", "log_id root signature public_key signed_at size"))
GrowthSchema = shape("LogGrowth", "title path", from_size=fields.Integer(), steps=fields.List(fields.String()), head=HEAD)
EventProofSchema = shape("EventProof", "path waiting", event_id=fields.UUID(), subject=link(), head=HEAD, events=SEALED)
SystemSchema = shape(
    "SystemHealth",
    "title database_version log_size unsealed_events blocks",
    database_bytes=fields.Integer(),
    document_bytes=fields.Integer(),
    events=fields.Integer(),
    documents=fields.Integer(),
    oldest_unsealed_at=fields.DateTime(allow_none=True),
    last_head_at=fields.DateTime(allow_none=True),
    jobs=rows("JobCount", "task status jobs"),
)

GlossarySchema = shape("Glossary", "title", terms=rows("Term", "term slug words rule"))
RulesSchema = shape(
    "Rulebook", "title", sections=rows("RuleSection", "title", number=fields.String(), rules=rows("Rule", "words cited", number=fields.String()))
)
PROBLEM = "slug title words path"
ProblemsSchema = shape("Problems", "title", problems=rows("ProblemKind", PROBLEM, status=fields.Integer()))
ProblemSchema = shape("ProblemPage", PROBLEM, status=fields.Integer())
ApiSchema = shape(
    "ApiPage", "title", groups=rows("ApiGroup", "name", operations=rows("ApiOperation", "method path summary audience", fields=WORDS, formats=WORDS))
)
AboutSchema = shape("About", "title", steps=rows("LifeStep", "title words rule path"), functions=rows("SystemFunction", "function words rule path"))
