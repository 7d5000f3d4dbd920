"""The pages and addresses of M&V reports, in both dialects."""

from app.mv_reports.views import deciding, drafting, verifying
from app.mv_reports.views.blueprint import blueprint

__all__ = ["blueprint", "deciding", "drafting", "verifying"]
