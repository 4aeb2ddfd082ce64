"""Emails: how they get into the outbox (`outbox`), what they say (`emails`), how they leave (`delivery`, by `transport`)."""
