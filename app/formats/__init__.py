"""Journal formats, read and written: one module each, knowing files and nothing of the database."""
