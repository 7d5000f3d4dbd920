"""erc_tcs."""
