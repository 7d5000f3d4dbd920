"""Tests say what the rule or the user would say."""
