"""What forms and the API take about verifiers, and what pages and the API say of them (rules sections 6, 7)."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.acts import WORDS
from app.verifiers import queries
from app.verifiers.independence import CONFLICT_QUESTIONS, QUALIFICATIONS

RESOURCE_CLASSES = (
    ("WND", "Wind"),
    ("SOL", "Solar"),
    ("GEO", "Geothermal"),
    ("HYD-N", "New hydro"),
    ("HYD-U", "Hydro uprate"),
    ("WAV", "Wave"),
    ("TID", "Tidal"),
    ("BIO", "Qualifying biomass"),
    ("WTE", "Waste-to-energy"),
    ("NUC-N", "New nuclear"),
    ("NUC-U", "Nuclear uprate"),
    ("CHP", "Combined heat and power, topping cycle"),
    ("WHP-B", "Waste heat to power, fuel first serves the process"),
    ("WHP-Z", "Waste heat to power without extra fuel"),
    ("EE", "Demand-side energy efficiency"),
    ("WAT", "Water and wastewater efficiency"),
    ("DSM", "Demand-side management"),
    ("T&D", "Line-loss reduction"),
    ("STO", "Energy storage"),
    ("FOS", "Other fossil"),
    ("AFF", "Affected unit"),
)
"""The classes for which a body can be accredited: the resource types, which eligibility defines to the left of this domain."""

SIGN_IT = "Read the statement and tick the box."


class BodySchema(Schema):
    id = fields.UUID()
    name = fields.String()
    state = fields.String()


class AccreditationSchema(Schema):
    """An accreditation, which is public (rule 7.13). `state` is active, suspended, revoked or expired."""

    id = fields.UUID()
    path = fields.String()
    title = fields.String()
    number = fields.String()
    body = fields.Nested(BodySchema)
    accrediting_state = fields.String()
    classes = fields.List(fields.String())
    outside_accreditation = fields.String()
    qualifications = fields.Dict(keys=fields.String(), values=fields.Boolean())
    qualification_words = fields.String()
    revocation_grounds = fields.List(fields.String())
    valid_from_on = fields.Date()
    valid_until_on = fields.Date()
    state = fields.Function(lambda found: queries.status_on(found, queries.today()))
    state_reasons = fields.String()
    next_review_on = fields.Date(allow_none=True)
    review_overdue = fields.Function(lambda found: queries.review_overdue(found, queries.today()))
    conduct_accepted_at = fields.DateTime(allow_none=True)


class EngagementSchema(Schema):
    """An engagement as the two sides, the state and auditors see it."""

    id = fields.UUID()
    path = fields.String()
    title = fields.String()
    matter_kind = fields.String()
    matter_id = fields.UUID()
    matter_title = fields.String()
    matter_path = fields.String()
    resource_type = fields.String()
    issuing_state = fields.String()
    provider = fields.Nested(BodySchema)
    body = fields.Nested(BodySchema)
    accreditation = fields.Nested(AccreditationSchema)
    state = fields.String()
    due_on = fields.Date()
    asked_at = fields.DateTime()
    individuals = fields.List(fields.String())
    conflict_answers = fields.Dict()
    conflict_words = fields.String()
    attested_at = fields.DateTime(allow_none=True)
    conflict_open_since = fields.DateTime(allow_none=True)
    ended_reason = fields.String()


class FormSchema(Schema):
    """A page with a form: what it shows, as plain values and rows."""

    path = fields.String()


class AcceptanceFormSchema(FormSchema):
    engagement = fields.Nested(EngagementSchema)
    questions = fields.List(fields.Dict())
    tests = fields.List(fields.Dict())
    people = fields.List(fields.String())
    statement = fields.String()
    closed_because = fields.String(allow_none=True)


class DecliningFormSchema(FormSchema):
    engagement = fields.Nested(EngagementSchema)
    closed_because = fields.String(allow_none=True)


class ReliedOnSchema(Schema):
    title = fields.String(attribute="engagement.matter_title")
    path = fields.String(attribute="engagement.matter_path")
    opinion = fields.String()
    verified_mwh = fields.Decimal(allow_none=True)
    signed_at = fields.DateTime()


class AccreditationFormSchema(FormSchema):
    bodies = fields.List(fields.Nested(BodySchema))
    classes = fields.List(fields.Dict())
    state = fields.String()
    valid_from_on = fields.Date()
    valid_until_on = fields.Date()
    outside_accreditations = fields.List(fields.String())
    qualifications = fields.List(fields.Dict())


class AccreditationActSchema(FormSchema):
    accreditation = fields.Nested(AccreditationSchema)
    act = fields.Dict()
    open_engagements = fields.List(fields.Nested(EngagementSchema))
    relied_on = fields.List(fields.Nested(ReliedOnSchema))
    grounds = fields.List(fields.Dict())


def _answer(code: str) -> fields.Boolean:
    """Yes is a conflict; no answer is no attestation."""
    words = {question.code: question.words for question in CONFLICT_QUESTIONS}[code]
    return fields.Boolean(required=True, metadata={"description": words}, error_messages={"required": "Answer yes or no.", "invalid": "Answer yes or no."})


class AcceptSchema(Schema):
    """The attestation: one answer for each question of rule 6.7, the individuals, what was found and resolved, and the signature."""

    individuals = fields.List(fields.String(), load_default=list, metadata={"description": "Names of the people who will verify."})
    others = fields.String(load_default="", metadata={"description": "People without an account of the body, one a line: name and e-mail address."})
    financial = _answer("financial")
    relation = _answer("relation")
    development = _answer("development")
    pay = _answer("pay")
    holdings = _answer("holdings")
    management = _answer("management")
    conflict_words = fields.String(load_default="", validate=validate.Length(max=4000))
    attested = fields.Boolean(required=True, validate=validate.Equal(True, error=SIGN_IT), error_messages={"required": SIGN_IT})

    @post_load
    def gathered(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        answers = {question.code: loaded[question.code] for question in CONFLICT_QUESTIONS}
        individuals = [*loaded["individuals"], *loaded["others"].splitlines()]
        return {"individuals": individuals, "conflict_answers": answers, "conflict_words": loaded["conflict_words"]}


class DiscloseSchema(Schema):
    """A conflict that came up after the attestation (rule 6.10)."""

    whose = fields.String(required=True, error_messages={"required": "Choose whose conflict it is."})
    question_code = fields.String(required=True, error_messages={"required": "Choose what kind of conflict it is."})
    words = fields.String(load_default="", validate=WORDS)
    remedy = fields.String(load_default="", validate=WORDS)


class WordsSchema(Schema):
    words = fields.String(load_default="", validate=WORDS)


class ReviewedSchema(WordsSchema):
    """A performance review (rule 7.6)."""

    reviewed_on = fields.Date(required=True, error_messages={"required": "Give the day of the review."})
    result = fields.String(required=True, error_messages={"required": "Choose the result."})
    next_review_on = fields.Date(required=True, error_messages={"required": "Give the day of the next review."})


class ElsewhereSchema(WordsSchema):
    """A change of status with another state or accrediting body (rule 7.12)."""

    authority = fields.String(load_default="", validate=validate.Length(max=200))
    status = fields.String(load_default="", validate=validate.Length(max=80))
    since_on = fields.Date(required=True, error_messages={"required": "Say since when."})


class RevokeSchema(Schema):
    """Reasons, and grounds of the closed list (rule 7.8)."""

    grounds = fields.List(fields.String(), load_default=list)
    reasons = fields.String(load_default="", validate=WORDS)


def _shown(code: str) -> fields.Boolean:
    words = {one.code: f"{one.words} (programme rule {one.rule})" for one in QUALIFICATIONS}[code]
    return fields.Boolean(metadata={"description": words}, error_messages={"invalid": "Answer yes or no."})


class AccreditSchema(Schema):
    body_id = fields.UUID(required=True, error_messages={"required": "Choose the body."})
    number = fields.String(required=True, validate=validate.Length(1, 80), error_messages={"required": "Copy the number from the certificate."})
    classes = fields.List(fields.String(validate=validate.OneOf([code for code, _ in RESOURCE_CLASSES])), load_default=list)
    outside_accreditation = fields.String(load_default="", validate=validate.Length(max=200))
    valid_from_on = fields.Date(required=True, error_messages={"required": "Give the first day of its term."})
    valid_until_on = fields.Date(required=True, error_messages={"required": "Give the last day of its term."})
    next_review_on = fields.Date(load_default=None, allow_none=True)
    programme_rules = _shown("programme_rules")
    technical_expertise = _shown("technical_expertise")
    auditing = _shown("auditing")
    conflict_protocol = _shown("conflict_protocol")
    engineering = _shown("engineering")
    quantification = _shown("quantification")
    information_systems = _shown("information_systems")
    licensed_staff = _shown("licensed_staff")
    liability_cover = _shown("liability_cover")
    no_other_relation = _shown("no_other_relation")
    qualification_words = fields.String(load_default="", validate=WORDS)

    @post_load
    def gathered(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        shown = {one.code: loaded.pop(one.code) for one in QUALIFICATIONS if one.code in loaded}
        return {**loaded, "qualifications": shown}


def classes() -> list[dict[str, str]]:
    """The classes as a form offers them."""
    return [{"code": code, "words": words} for code, words in RESOURCE_CLASSES]
