"""Reads over all domains, one file a noun; each answers plain dicts, filtered for who asks. Docket writes nothing."""
