"""The queries: reads that return rows or page objects, one round trip where one can serve."""
