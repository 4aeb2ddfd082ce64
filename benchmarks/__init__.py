"""How fast Daybook is, measured beside a bare Flask page: `python -m benchmarks`."""
