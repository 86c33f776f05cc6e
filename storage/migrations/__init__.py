"""Alembic migrations. A new one: `make migration name=what-it-does`."""
