"""Pictures, sounds, films and documents: told apart by their bytes, and made fit to be shown."""
