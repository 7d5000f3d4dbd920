"""The blueprint that every view of this domain hangs on."""

from flask import Blueprint

blueprint = Blueprint("mv_reports", __name__)
