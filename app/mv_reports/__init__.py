"""mv_reports."""
