"""How fast Cairn is, beside ClickHouse and DuckDB on the same events: `python -m benchmarks`."""
