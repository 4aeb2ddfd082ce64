"""The operations: every change that can happen. Plain arguments in, rows out; they flush and never commit."""
