"""The embedded store: line protocol in, DuckDB on disk, the catalogue's queries out."""
