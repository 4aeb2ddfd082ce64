"""The schema as it was at 0.2.0, table by table; frozen: what came later is a migration of its own."""
