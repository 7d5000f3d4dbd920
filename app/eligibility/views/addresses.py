"""The blueprint under which every view of eligibility registers."""

from flask import Blueprint

blueprint = Blueprint("eligibility", __name__)
