"""Side-by-side measurements, as ratios of medians within one run: `python -m bench`, or `make bench`.

Each figure compares two ways of doing the same in the same minute on the same throw-away PostgreSQL, round by round in turn, so that a slow machine
or a busy neighbour changes both. The ledger's rows are written in bulk, and a figure counts only when `erc audit` finds nothing in them.
"""
