"""Letters: what they say (`letters`), how they leave the outbox (`delivery`), and what carries them (`transport`)."""
