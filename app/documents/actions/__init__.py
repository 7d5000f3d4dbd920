"""What is done with documents: received and inspected before any transaction, then deposited, sealed at submission, never removed after it."""

from app.documents.actions.carrying import carry_over
from app.documents.actions.deposits import Label, Owner, admit_reader, deposit, detach, dismiss_reader, in_event, look, remove, seal
from app.documents.actions.receiving import Received, receive, receive_bytes, received
from app.documents.queries import store, use_store

__all__ = [
    "Label",
    "Owner",
    "Received",
    "admit_reader",
    "carry_over",
    "deposit",
    "detach",
    "dismiss_reader",
    "in_event",
    "look",
    "receive",
    "receive_bytes",
    "received",
    "remove",
    "seal",
    "store",
    "use_store",
]
