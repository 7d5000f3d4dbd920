"""What the programme's own pages take and give, the same fields as JSON and as forms: one file a noun."""
