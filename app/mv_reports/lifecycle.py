"""The life cycle of an M&V report (rules 8.1, 8.7): as an application up to the recommendation, then issued, rejected or corrected."""

from app.lifecycle import Step, steps_to_recommendation

MV_REPORT = (
    *steps_to_recommendation(),
    Step("begin_new_version", before="rejected", after="rejected", by="provider", label="Begin a new version"),
    Step("issue", before="recommended", after="issued", by="second reviewer", label="Decide and issue"),
    Step("reject", before=("under_review", "recommended"), after="rejected", by="reviewer"),
    Step("correct", before=("issued", "corrected"), after="corrected", by="second reviewer"),
)

DECIDED = ("issued", "rejected", "corrected")
