"""The life cycle of an affected EGU's emissions record (rules 9.9 to 9.17): filed by its representative, recommended and decided by two reviewers."""

from app.lifecycle import Step

EMISSIONS_RECORD = (
    Step("file", before="draft", after="filed", by="representative"),
    Step("withdraw", before=("draft", "filed"), after="withdrawn", by="representative"),
    Step("recommend", before="filed", after="recommended", by="reviewer"),
    Step("send_back", before="recommended", after="filed", by="second reviewer"),
    Step("issue", before="recommended", after="issued", by="second reviewer", label="Decide and issue"),
    Step("reject", before=("filed", "recommended"), after="rejected", by="reviewer"),
)
