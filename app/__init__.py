"""ERC Docket."""
