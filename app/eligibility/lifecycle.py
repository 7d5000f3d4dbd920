"""The life cycles of an eligibility application and of a resource's qualification (rules 8.1, 8.7, 13.6)."""

from app.lifecycle import Step, steps_to_recommendation

APPLICATION = (
    *steps_to_recommendation(),
    Step("begin_new_version", before="denied", after="denied", by="provider", label="Begin a new version"),
    Step("approve", before="recommended", after="approved", by="second reviewer"),
    Step("deny", before=("under_review", "recommended"), after="denied", by="reviewer"),
)

DECIDED = ("approved", "denied")

RESOURCE = (
    Step("qualify", before="candidate", after="qualified", by="second reviewer"),
    Step("suspend", before="qualified", after="suspended", by="second reviewer"),
    Step("reinstate", before="suspended", after="qualified", by="second reviewer"),
    Step("revoke", before=("qualified", "suspended"), after="revoked", by="second reviewer"),
)
