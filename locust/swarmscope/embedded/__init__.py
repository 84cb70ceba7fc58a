"""The embedded store: line protocol in, DuckDB on disk."""
