"""The pages of the acts on M&V reports: what each shows and asks, and what it takes."""
