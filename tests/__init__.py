"""The test suite; it mirrors `app/`, and `rules/` holds the house rules."""
