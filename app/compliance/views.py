"""The addresses of compliance: units, emissions records, surrender, and what a unit would need."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.acts import PAGE, ActSchema, DoneSchema, ReasonsSchema, UploadedFile
from app.compliance import actions, forms
from app.compliance.actions import UnitFacts, YearFigures
from app.compliance.schemas import (
    DeductionSchema,
    NamedSerialsSchema,
    PeriodSchema,
    RecordSchema,
    ResumptionSchema,
    RetirementSchema,
    SurrenderSchema,
    UnitDataSchema,
    UnitSchema,
    WhatIfAnswerSchema,
    WhatIfSchema,
)
from app.documents.actions import received
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

blueprint = Blueprint("compliance", __name__)


@blueprint.get("/affected-egus/new")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def unit_form() -> Any:
    """Register an affected EGU."""
    return forms.unit()


@blueprint.post("/affected-egus")
@audience("administrator")
@speaks(takes=UnitSchema, gives=DoneSchema, form="compliance.unit_form", notice="Registered.", status=201)
def register_unit(account_number: str, **facts: Any) -> Any:
    """Register an affected EGU under its facility's compliance account."""
    with writing() as session:
        return actions.register_unit(session, actor(), account_number, UnitFacts(**facts))


@blueprint.get("/affected-egus/<uuid:egu_id>/unit-data")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def unit_change_form(egu_id: UUID) -> Any:
    """Change what is kept of a unit."""
    with reading() as session:
        return forms.unit_change(session, actor(), egu_id)


@blueprint.post("/affected-egus/<uuid:egu_id>/unit-data")
@audience("administrator")
@speaks(takes=UnitDataSchema, gives=DoneSchema, form="compliance.unit_change_form", notice="The unit's data is changed.")
def change_unit(egu_id: UUID, **changed: Any) -> Any:
    """Enter what the newest certificate or notice says of a unit."""
    with writing() as session:
        return actions.change_unit(session, actor(), egu_id, **changed)


@blueprint.get("/affected-egus/<uuid:egu_id>/retirement")
@audience("representative")
@speaks(gives=ActSchema, page=PAGE)
def retirement_form(egu_id: UUID) -> Any:
    """File the retired-unit exemption form."""
    with reading() as session:
        return forms.retirement(session, actor(), egu_id)


@blueprint.post("/affected-egus/<uuid:egu_id>/retirement")
@audience("representative")
@speaks(takes=RetirementSchema, gives=DoneSchema, form="compliance.retirement_form", notice="The unit is entered as retired.", status=201)
def retire_unit(egu_id: UUID, **form: Any) -> Any:
    """File the retired-unit exemption form, certified."""
    with writing() as session:
        return actions.retire_unit(session, actor(), egu_id, **form)


@blueprint.get("/affected-egus/<uuid:egu_id>/resumption")
@audience("representative", "reviewer")
@speaks(gives=ActSchema, page=PAGE)
def resumption_form(egu_id: UUID) -> Any:
    """Say that a retired unit ran again."""
    with reading() as session:
        return forms.resumption(session, actor(), egu_id)


@blueprint.post("/affected-egus/<uuid:egu_id>/resumption")
@audience("representative", "reviewer")
@speaks(takes=ResumptionSchema, gives=DoneSchema, form="compliance.resumption_form", notice="The exemption is lost from that day.")
def resume_unit(egu_id: UUID, **given: Any) -> Any:
    """A retired unit ran again and loses its exemption."""
    with writing() as session:
        return actions.resume_unit(session, actor(), egu_id, **given)


@blueprint.get("/affected-egus/<uuid:egu_id>/emissions-records/new")
@audience("representative")
@speaks(gives=ActSchema, page=PAGE)
def record_form(egu_id: UUID) -> Any:
    """File a unit's year."""
    with reading() as session:
        return forms.emissions_record(session, actor(), egu_id)


@blueprint.post("/affected-egus/<uuid:egu_id>/emissions-records/new")
@audience("representative")
@speaks(takes=RecordSchema, gives=DoneSchema, form="compliance.record_form", notice="Filed; the state reviews it.", status=201)
def file_record(egu_id: UUID, evidence: UploadedFile, certified: bool, **figures: Any) -> Any:
    """File a unit's year with its evidence, certified."""
    stored = received(evidence)
    with writing() as session:
        return actions.file_record(session, actor(), egu_id, YearFigures(**figures), stored, certified)


@blueprint.get("/emissions-records/<uuid:record_id>/withdrawal")
@audience("representative")
@speaks(gives=ActSchema, page=PAGE)
def withdrawal_form(record_id: UUID) -> Any:
    """Withdraw an emissions record."""
    with reading() as session:
        return forms.withdrawal(session, actor(), record_id)


@blueprint.post("/emissions-records/<uuid:record_id>/withdrawal")
@audience("representative")
@speaks(takes=ReasonsSchema, gives=DoneSchema, form="compliance.withdrawal_form", notice="Withdrawn.")
def withdraw_record(record_id: UUID, reasons: str) -> Any:
    """Withdraw an emissions record that nobody has recommended yet."""
    with writing() as session:
        return actions.withdraw_record(session, actor(), record_id, reasons)


@blueprint.get("/affected-egus/<uuid:egu_id>/surrender")
@audience("representative")
@speaks(gives=ActSchema, page=PAGE)
def surrender_form(egu_id: UUID) -> Any:
    """Surrender ERCs for a unit and a compliance period."""
    with reading() as session:
        return forms.surrender(session, actor(), egu_id)


@blueprint.post("/affected-egus/<uuid:egu_id>/surrender")
@audience("representative")
@speaks(takes=SurrenderSchema, gives=DoneSchema, form="compliance.surrender_form", notice="Surrendered.", status=201, check=forms.surrendered_in_words)
def surrender(egu_id: UUID, **chosen: Any) -> Any:
    """Give up ERCs for a unit and a compliance period, for good."""
    with writing() as session:
        return actions.surrender(session, actor(), egu_id, **chosen)


@blueprint.get("/affected-egus/<uuid:egu_id>/named-serials")
@audience("representative")
@speaks(gives=ActSchema, page=PAGE)
def named_serials_form(egu_id: UUID) -> Any:
    """Name the serials that are deducted first for a unit."""
    with reading() as session:
        return forms.named_serials(session, actor(), egu_id)


@blueprint.post("/affected-egus/<uuid:egu_id>/named-serials")
@audience("representative")
@speaks(takes=NamedSerialsSchema, gives=DoneSchema, form="compliance.named_serials_form", notice="Named; the state deducts them first.", status=201)
def name_serials(egu_id: UUID, **named: Any) -> Any:
    """Name serials of the account for a unit and a compliance period."""
    with writing() as session:
        return actions.name_serials(session, actor(), egu_id, **named)


@blueprint.get("/accounts/<number>/deduction")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def deduction_form(number: str) -> Any:
    """Deduct what the units of an account owe after the deadline."""
    with reading() as session:
        return forms.deduction(session, actor(), number)


@blueprint.post("/accounts/<number>/deduction")
@audience("reviewer")
@speaks(
    takes=PeriodSchema,
    gives=DeductionSchema,
    form="compliance.deduction_form",
    notice="Deducted; the report is mailed.",
    status=201,
    check=forms.deducted_in_words,
)
def deduct(number: str, period_start_year: int) -> Any:
    """Deduct what the units of an account owe for a period, and report what is missing."""
    with writing() as session:
        return actions.deduct(session, actor(), number, period_start_year)


@blueprint.get("/affected-egus/<uuid:egu_id>/what-if")
@audience("public")
@speaks(takes=WhatIfSchema, gives=WhatIfAnswerSchema, page="compliance/what_if.html")
def what_if(egu_id: UUID, **given: Any) -> Any:
    """How many ERCs a unit would need for figures that you try out."""
    with reading() as session:
        return forms.what_if(session, egu_id, given)
