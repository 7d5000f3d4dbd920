"""The trace of an ERC as `GET /ercs/<serial>` and `erc trace` answer it (rules 9.19, 14.1 to 14.7)."""

from marshmallow import fields

from app.docket.schemas.shown import DOCUMENT, many, one, rows, shape

HOLDER = "account_number kind organisation"
HEAD = one("LogHead", "log_id root signature public_key signed_at", size=fields.Integer())
SEALED = rows("SealedEvent", "leaf_hash", event=fields.Dict(), index=fields.Integer(), path=fields.List(fields.String()))
PROOF = one(
    "Proof",
    "waiting",
    head=HEAD,
    events=SEALED,
)
LINES = rows("TraceLine", "label how value unit rule kind")

KEYS = {
    "notices": rows("TraceNotice", "status at words"),
    "holder": one("Holder", HOLDER),
    "resource": one("TraceResource", "code name type_code type host_state oris_plant_code generator_id generation_2012_mwh provider status status_since path"),
    "application": one("TraceApplication", "code version state submitted_at decided_at authority reasons path", facts=fields.Dict()),
    "emv_plan": one("TracePlan", "approved_at path", statements=fields.Dict()),
    "mv_report": one("TraceReport", "code version state period_start_on period_end_on claimed_mwh verified_mwh submitted_at decided_at path"),
    "emissions_record": one(
        "TraceRecord", "year co2_lb uncounted_co2_lb net_generation_mwh reference_rate_lb_per_mwh basis_words state filed_at decided_at path"
    ),
    "verification_reports": rows("TraceVerification", "about body accreditation_number opinion opinion_words verified_mwh conflict_attestation signed_at path"),
    "calculation": one("TraceCalculation", "creditable_mwh approved_mwh carry_in_mwh carry_out_mwh ercs path", lines=LINES),
    "documents": many(DOCUMENT),
    "decisions": rows("TraceDecision", "decision about at by authority reasons path"),
    "history": rows(
        "TraceMove",
        "when kind words status_before status_after reason purpose beneficiary cause by event_id path",
        **{"from": one("Sender", HOLDER), "to": one("Receiver", HOLDER)},
    ),
    "proof": PROOF,
}
PLAIN = "serial quantity vintage_year status status_since issuing_state time_zone words path"

PartSchema = shape("TracePart", PLAIN, **KEYS)
TraceSchema = shape("Trace", PLAIN, by_status=rows("StatusTotal", "status ercs"), parts=many(PartSchema), **KEYS)
