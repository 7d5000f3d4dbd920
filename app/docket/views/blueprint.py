"""Docket's blueprint: GET only, full addresses."""

from flask import Blueprint

blueprint = Blueprint("docket", __name__)
