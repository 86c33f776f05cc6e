"""What the bot remembers: models, queries, migrations. Imports nothing of the bot."""
