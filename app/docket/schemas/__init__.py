"""What docket's pages answer, one file a noun; the answers themselves are made and filtered in queries."""
