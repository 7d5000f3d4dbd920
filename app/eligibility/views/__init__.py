"""The addresses of applications and of a resource's qualification, by who comes: provider, verifier, reviewer."""

from app.eligibility.views import drafting, qualification, reviewing, verification
from app.eligibility.views.addresses import blueprint

__all__ = ["blueprint", "drafting", "qualification", "reviewing", "verification"]
