"""Copies of a whole journal that are known to be good: made while it runs, checked, and restored into an empty place."""
