"""Bringing a journal in and taking it out, whatever the format."""
