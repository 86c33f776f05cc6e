"""The filter language: one way to say which papers, for searches and subscriptions alike.

Text is read by `parser.parse` to a tree (`syntax`), which is matched in memory (`match`), compiled to SQL
(`compile`), written in canonical form (`canonical`), said in words (`describe`) and explained (`why`,
`highlight`). Both papers and filters go through one analyser (`analysis`).
"""
