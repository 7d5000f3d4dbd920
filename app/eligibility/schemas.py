"""What forms and the API take about applications, and what pages and the API say of them (rules sections 2 to 4, 8)."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.acts import WORDS, ActSchema, Number, ReasonsSchema
from app.eligibility import queries
from app.eligibility.criteria import Stage, grounds_at
from app.review_forms import EngagementPartSchema, PapersSchema, PartSchema, SubmissionPartSchema, VerificationPartSchema

LINE = validate.Length(max=300)
LARGEST = validate.Range(min=-(10**12), max=10**12)
POSITIVE = validate.Range(min=0, max=10**12)
DEGREES = {"latitude": validate.Range(min=-90, max=90), "longitude": validate.Range(min=-180, max=180)}
DAYS = validate.Range(min=date(1850, 1, 1), max=date(2150, 1, 1))
"""From before the first power plant to beyond any plan: another day is a slip of the pen."""


def taken(field: queries.FormField) -> fields.Field[Any]:
    """How one field of a form is read. Nothing is required while it is a draft: the checklist says what is missing."""
    said = {"description": f"{field.label} (programme rule {field.rule})"}
    match field.kind:
        case "textarea":
            return fields.String(validate=WORDS, metadata=said)
        case "number":
            return Number(validate=POSITIVE, metadata=said)
        case "signed":
            return Number(validate=LARGEST, metadata=said)
        case "latitude" | "longitude":
            return Number(validate=DEGREES[field.kind], metadata=said)
        case "date":
            return fields.Date(validate=DAYS, metadata=said)
        case "checkbox" | "yes_no":
            return fields.Boolean(metadata=said)
        case "email":
            return fields.Email(metadata=said)
        case "rows":
            return fields.List(fields.Nested(schema_of(f"{field.name.title()}RowSchema", field.fields)), validate=validate.Length(max=1000), metadata=said)
        case "select" if field.name == "item":
            return fields.String(validate=known_item, metadata=said)
        case "select" if field.name != "type_code":
            return fields.String(validate=validate.OneOf([value for value, _ in field.options]), metadata=said)
    return fields.String(validate=LINE, metadata=said)


def known_item(key: str) -> None:
    """What cannot be had is an item of the checklist. Raises ValidationError."""
    if not queries.is_item(key):
        raise ValidationError("Choose an item of the checklist.")


def schema_of(name: str, listed: tuple[queries.FormField, ...]) -> type[Schema]:
    return Schema.from_dict({field.name: taken(field) for field in listed}, name=name)


ApplicationFactsSchema = schema_of("ApplicationFactsSchema", tuple(queries.fields_of(queries.APPLICATION_FORM)))
"""The answers of the application's form, by the groups of rules section 3."""

StatementsSchema = schema_of("StatementsSchema", tuple(queries.fields_of(queries.PLAN_FORM)))
"""The statements of the EM&V plan, by the groups of rules section 4."""


class NewApplicationSchema(Schema):
    """With what an application begins."""

    name = fields.String(required=True, validate=validate.Length(1, 300), error_messages={"required": "Give the resource a name."})
    type_code = fields.String(required=True, validate=validate.Length(1, 20), error_messages={"required": "Choose the type."})
    issuing_state = fields.String(required=True, validate=validate.Length(2, 2), error_messages={"required": "Choose the state."})


class DenySchema(ReasonsSchema):
    """The grounds, from the closed list of rule 8.6, and the reasons."""

    codes = fields.List(fields.String(), load_default=list, metadata={"enum": list(grounds_at(Stage.APPLICATION))})


class NamedSchema(Schema):
    id = fields.UUID()
    name = fields.String()


class ResourceSchema(Schema):
    """A resource as everybody may know it."""

    id = fields.UUID()
    path = fields.String()
    code = fields.String()
    title = fields.String()
    name = fields.String()
    type_code = fields.String()
    issuing_state = fields.String()
    host_state = fields.String()
    oris_plant_code = fields.String()
    generator_id = fields.String()
    status = fields.String()
    status_since = fields.DateTime()


class ApplicationSchema(Schema):
    """An application version: what it is, where it stands, and how it was decided. Contact data and recommendations are not in it."""

    id = fields.UUID()
    path: fields.Field[Any] = fields.String()
    code = fields.String()
    version = fields.Integer()
    title = fields.String()
    state = fields.String()
    state_since = fields.DateTime()
    issuing_state = fields.String()
    resource = fields.Nested(ResourceSchema)
    provider = fields.Nested(NamedSchema)
    previous_id = fields.UUID(allow_none=True)
    submitted_at = fields.DateTime(allow_none=True)
    return_reasons = fields.String()
    decided_at = fields.DateTime(allow_none=True)
    decision_authority = fields.String()
    decision_reasons = fields.String()
    denial_codes = fields.List(fields.String())
    denial = fields.Function(queries.denial_explained, metadata={"description": "Each ground: the fact, the rule it failed, the cure."})


class AtFactsSchema(ApplicationSchema):
    """After saving, the form is there again."""

    path = fields.Function(lambda found: f"{found.path}/facts")


class AtPlanSchema(ApplicationSchema):
    path = fields.Function(lambda found: f"{found.path}/emv-plan")


class AtDocumentsSchema(ApplicationSchema):
    path = fields.Function(lambda found: f"{found.path}/documents")


class ProposalSchema(Schema):
    """A proposal that waits for a second person."""

    id = fields.UUID()
    path = fields.String()
    title = fields.String()
    proposal_kind = fields.String()
    state = fields.String()
    proposed_at = fields.DateTime()


class ApplicationPart(Schema):
    """The application of which a page shows a part."""

    application = fields.Nested(ApplicationSchema)


class FormPageSchema(ApplicationPart, PartSchema):
    """The sections of the form or the EM&V plan: each with its address, its state (complete, incomplete, optional) and its fields."""

    groups = fields.List(fields.Dict())


class SectionPageSchema(ApplicationPart, PartSchema):
    """One section with its fields, and the addresses of the list of sections and of the next one."""

    section = fields.Dict()
    list_path = fields.String()
    next_path = fields.String(allow_none=True)


class DocumentsPageSchema(ApplicationPart, PapersSchema):
    """The papers of an application."""


class EngagementPageSchema(ApplicationPart, EngagementPartSchema):
    """Who verifies an application."""


class VerificationPageSchema(ApplicationPart, VerificationPartSchema):
    """What the verifier writes, beside the answers of the form and the EM&V plan."""

    groups = fields.List(fields.Dict())


class SubmissionPageSchema(ApplicationPart, SubmissionPartSchema):
    """What is certified and submitted."""


class DecisionPageSchema(ActSchema):
    """The page of a decision, with the automatic checks beside it."""

    findings = fields.List(fields.Dict())
