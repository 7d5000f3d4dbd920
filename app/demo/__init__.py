"""The demonstration: a programme played on real generators through the same actions that the web uses, and its stories."""


class Broken(Exception):
    """A process of the demonstration ended before its rows were played; what it did is kept."""
