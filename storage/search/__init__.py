"""The index of what papers say, on SQLite and on PostgreSQL."""
