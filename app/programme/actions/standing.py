"""Who may run the house: the administrator, or the programme itself when it is set up (rules 1.3, 1.19)."""

from app.errors import Invalid, NotPermitted
from app.people import Actor, Role


def demand_administrator(actor: Actor) -> None:
    """Raise NotPermitted for everybody else."""
    if not (actor.is_(Role.ADMINISTRATOR) or actor.role == "system"):
        raise NotPermitted("This is for the programme's administrator.", rule="1.3", what_to_do="Ask the administrator to do it.")


def need(words: str, field: str, message: str) -> str:
    """The words without blanks around them. Raises Invalid when there are none."""
    if not words.strip():
        raise Invalid(message, fields={field: [message]})
    return words.strip()
