"""How well a paper answers a query: learnt from the store's own papers, the same on every database."""
