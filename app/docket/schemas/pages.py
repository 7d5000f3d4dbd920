"""The pages of one thing each: what they answer."""

from marshmallow import fields

from app.docket.schemas.shown import ACTION, ANSWER, BLOCK, DOCUMENT, EVENT, FINDING, GROUP, LINE, link, many, one, rows, shape

HISTORY = many(EVENT)
ACTIONS = many(ACTION)
WORDS = fields.List(fields.String())
VERIFICATIONS = rows(
    "VerificationRow",
    "body opinion opinion_words verified_mwh signed_at path sites_reviewed sampled_evidence discrepancies",
    findings=fields.List(fields.Dict()),
)
DECISION = one("Decision", "state decided_at authority reasons", codes=WORDS)
CORRECTIONS = rows(
    "Correction",
    "corrected_at by cause reasons decision_reasons ercs path",
    serials=WORDS,
    found=rows("FoundWhere", "status ercs"),
    replacements=rows("ReplacementsOwed", "unit words unit_path"),
)
ISSUANCE_ROWS = rows("IssuanceOfMatter", "vintage_year ercs carry_in_mwh carry_out_mwh issued_at path")
MISSING = rows("MissingItem", "code key words rule path")
NEXT = one("NextStep", "waits_for words due_on", act=one("NextAct", "action label reason path direct"))
CHANGES = one(
    "Changes",
    facts=rows("FactChange", "field change before after"),
    emv_plan=rows("PlanChange", "field change before after"),
    readings=rows("ReadingChange", "meter month change before_mwh after_mwh"),
    documents=rows("DocumentChange", "document kind change before_sha256 after_sha256 path"),
)
INSIDE = one(
    "InsideTheState", "claimed_by claimed_at recommended_by recommended_at", recommendation=fields.Dict(allow_none=True), notes=rows("Note", "at by words")
)
MATTER = "id title path code state version issuing_state provider submitted_at state_since certification return_reasons"
COMMON = {
    "decision": DECISION,
    "resource": link(),
    "next": NEXT,
    "actions": ACTIONS,
    "missing": MISSING,
    "findings": many(FINDING),
    "denial": many(FINDING),
    "documents": many(DOCUMENT),
    "verification_reports": VERIFICATIONS,
    "engagements": rows("EngagementOfMatter", "body state due_on asked_at ended_reason path"),
    "previous": link(),
    "newer": link(),
    "changes": CHANGES,
    "inside": INSIDE,
    "history": HISTORY,
}

ApplicationPageSchema = shape("ApplicationPage", MATTER, groups=many(GROUP), emv_plan=one("EmvPlanPage", "approved_at", groups=many(GROUP)), **COMMON)
MvReportPageSchema = shape(
    "MvReportPage",
    f"{MATTER} resource_name period period_start_on period_end_on claimed_mwh verified_mwh creditable_mwh issued_ercs flagged readings_count",
    application=link(),
    facts=many(ANSWER),
    readings=rows("Reading", "line meter month generation_mwh"),
    calculation=many(LINE),
    issuances=ISSUANCE_ROWS,
    corrections=CORRECTIONS,
    **COMMON,
)

ResourcePageSchema = shape(
    "ResourcePage",
    "id path title name code status status_since type_code type issuing_state host_state oris_plant_code generator_id provider carry_mwh"
    " mv_report_due_on mv_report_overdue",
    account=link(),
    groups=many(GROUP),
    applications=rows("ApplicationOfResource", "application version state submitted_at decided_at path"),
    ended_application=fields.Nested(shape("EndedApplication", "application version state submitted_at decided_at path"), allow_none=True),
    mv_reports=rows("ReportOfResource", "report version period_start_on period_end_on verified_mwh state issued_ercs path"),
    ercs=rows("ErcsOfResource", "vintage_year status ercs path"),
    issued_by_vintage=rows("IssuedOfVintage", "vintage_year ercs"),
    actions=ACTIONS,
    history=HISTORY,
)

IssuancePageSchema = shape(
    "IssuancePage",
    "id path title issued_at vintage_year issuing_state creditable_mwh approved_mwh carry_in_mwh carry_out_mwh ercs authority reasons ranges_count",
    basis=link(),
    to_account=link(),
    calculation=many(LINE),
    where_now=rows("WhereNow", "account_kind status vintage_year ercs"),
    ranges=many(BLOCK),
    history=HISTORY,
)

AccountPageSchema = shape(
    "AccountPage",
    "id path title account_number account_kind name organisation state status opened_at closed_at responsible_official own",
    transfers_wait=fields.String(),
    closing_noticed_at=fields.DateTime(allow_none=True),
    totals=rows("AccountTotal", "status ercs"),
    holdings=rows("Holding", "serials quantity vintage_year status since issuing_state resource_code report_code path"),
    moves=rows(
        "AccountMove",
        "number transaction_kind recorded_at quantity from_account to_account from_organisation to_organisation purpose from_account_path to_account_path path",
    ),
    offers=rows("OfferOfAccount", "offered_at from_account to_account quantity state reason path"),
    representatives=rows("RepresentativeOfAccount", "name representative_kind may began_at"),
    ownership_interests=rows("InterestInAccount", "party"),
    certificates=rows(
        "CertificateOfAccount",
        "received_at signed_on facility_and_units owners_and_operators contact_of_representative contact_of_alternate",
    ),
    deductions=rows("DeductionOfAccount", "deducted_at period unit need surrendered missing", deducted=fields.Integer()),
    units=rows("UnitOfAccount", "unit path"),
    actions=ACTIONS,
    history=HISTORY,
)

TransactionPageSchema = shape(
    "TransactionPage",
    "id path title number transaction_kind recorded_at quantity reason purpose beneficiary cause by",
    **{"from": link(), "to": link()},
    lines=rows("LedgerLine", "serials quantity status_before status_after path"),
    history=HISTORY,
)

HoldPageSchema = shape(
    "HoldPage", "id path title state issuing_state reason placed_at lifted_at lift_reason", about=link(), ranges=many(BLOCK), actions=ACTIONS, history=HISTORY
)

OfferPageSchema = shape(
    "OfferPage",
    "id path title state quantity reason offered_at answered_at answer_words",
    **{"from": link(), "to": link()},
    ranges=many(BLOCK),
    actions=ACTIONS,
    history=HISTORY,
)

PERIOD = "period period_start_year period_end_year need of_which_replacements surrendered usable_in_account missing"
UnitPageSchema = shape(
    "UnitPage",
    "id path title unit code oris_plant_code unit_id unit_class state owner nameplate_mw generation_2012_mwh commercial_operation_on operating_status",
    owners=fields.List(fields.String()),
    operators=fields.List(fields.String()),
    exemptions=rows("ExemptionOfUnit", "retired_on statement filed_at ran_again_on how_it_is_known"),
    account=link(),
    deadlines=fields.Dict(),
    periods=rows("CompliancePeriod", PERIOD, lines=many(LINE)),
    records=rows("RecordOfUnit", "year state co2_lb net_generation_mwh filed_at path"),
    surrenders=rows("SurrenderOfUnit", "surrendered_at period quantity path"),
    cases=rows("CaseOfUnit", "opened_at invalid_ercs replacements_owed words reason path unit_path"),
    actions=ACTIONS,
    history=HISTORY,
)

RecordPageSchema = shape(
    "EmissionsRecordPage",
    "id path title state year co2_lb uncounted_co2_lb net_generation_mwh reference_rate_lb_per_mwh basis_words certification filed_at",
    unit=link(),
    decision=DECISION,
    recommendation=fields.Dict(allow_none=True),
    calculation=many(LINE),
    issuances=rows("IssuanceOfRecord", "vintage_year ercs issued_at path"),
    documents=many(DOCUMENT),
    actions=ACTIONS,
    history=HISTORY,
)

SurrenderPageSchema = shape(
    "SurrenderPage",
    "id path title period quantity surrendered_at",
    unit=link(),
    lines=rows("SurrenderLine", "serials quantity path"),
    cases=rows("CaseOfSurrender", "opened_at invalid_ercs replacements_owed words reason path unit_path"),
    history=HISTORY,
)

VerifierPageSchema = shape(
    "VerifierPage",
    "id path title state sees_relied_on",
    accreditations=rows(
        "AccreditationOfBody",
        "accreditation accrediting_state classes outside_accreditation valid_from_on valid_until_on next_review_on state flag state_reasons grounds",
        actions=ACTIONS,
    ),
    qualifications=rows("QualificationOfBody", "accreditation qualification rule shown"),
    performance_reviews=rows("ReviewOfBody", "reviewed_on accreditation result found next_review_on"),
    statuses_elsewhere=rows("StatusElsewhere", "since_on authority became words reported_at"),
    relied_on=rows("ReliedOn", "matter matter_path opinion signed_at path"),
    history=HISTORY,
)

EngagementPageSchema = shape(
    "EngagementPage",
    "id path title state provider accreditation resource_type due_on asked_at individuals conflict_words attested_at ended_reason",
    conflict_open_since=fields.DateTime(allow_none=True),
    disclosures=rows("DisclosureInEngagement", "disclosed_at whose conflict words remedy settled_at settlement"),
    matter=link(),
    body=link(),
    next=NEXT,
    actions=ACTIONS,
    reports=VERIFICATIONS,
    history=HISTORY,
)

VerificationReportPageSchema = shape(
    "VerificationReportPage",
    "id path title opinion opinion_words accreditation verified_mwh sites_reviewed sampled_evidence discrepancies"
    " signed_at conflict_attestation truth_attestation",
    matter=link(),
    body=link(),
    findings=fields.List(fields.Dict()),
    documents=many(DOCUMENT),
)

ProposalPageSchema = shape(
    "ProposalPage",
    "id path title state proposal_kind reasons proposed_by proposed_at ercs cause decided_by decided_at decision_reasons snapshot_sha256 notice_due_on",
    about=link(),
    to=link(),
    transaction=link(),
    letter=link(),
    serials=fields.Raw(),
    next=NEXT,
    actions=ACTIONS,
    history=HISTORY,
)
