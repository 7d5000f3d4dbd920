"""The life cycle of an offered transfer (rules 11.1 to 11.8)."""

from app.lifecycle import Step

OFFER = (
    Step("accept", before="open", after="accepted", by="receiver"),
    Step("decline", before="open", after="declined", by="receiver"),
    Step("withdraw", before="open", after="withdrawn", by="sender"),
)
