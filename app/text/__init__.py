"""Pure functions on text: nothing here knows of HTTP, of the database, or of the time."""
