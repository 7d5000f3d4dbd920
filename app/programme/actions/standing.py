"""Who may run the house: the administrator, or the programme itself when it is set up (rules 1.3, 1.19)."""

from sqlalchemy.orm import Session

from app.errors import Invalid, NotPermitted
from app.people import Actor, Role, people_in_role


def demand_administrator(actor: Actor) -> None:
    """Raise NotPermitted for everybody else."""
    if not (actor.is_(Role.ADMINISTRATOR) or actor.role == "system"):
        raise NotPermitted("This is for the programme's administrator.", rule="1.3", what_to_do="Ask the administrator to do it.")


def demand_administrator_of(session: Session, actor: Actor, state: str) -> None:
    """Raise NotPermitted unless this administrator may change the plan of a state, and who comes and goes in its organisations.

    Where a state has an administrator of its own, no other state's may: nobody puts reviewers into another state's agency (rules 1.3, 8.8).
    """
    demand_administrator(actor)
    if actor.role == "system" or state in ("", actor.state):
        return
    if people_in_role(session, Role.ADMINISTRATOR, state):
        raise NotPermitted(f"{state} has an administrator of its own.", rule="1.3", what_to_do=f"Ask the administrator of {state} to do it.")


def one_line(words: str, field: str, message: str) -> str:
    """As `need`, with every run of blanks and line breaks as one blank: a name that stands in mails and titles."""
    return " ".join(need(words, field, message).split())


def need(words: str, field: str, message: str) -> str:
    """The words without blanks around them. Raises Invalid when there are none."""
    if not words.strip():
        raise Invalid(message, fields={field: [message]})
    return words.strip()
