"""The database: its two engines, write transactions, migrating safely, copies, and which journal it holds."""
