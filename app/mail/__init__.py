"""Emails: what they say (`emails`), how they leave the outbox (`delivery`), and what carries them (`transport`)."""
