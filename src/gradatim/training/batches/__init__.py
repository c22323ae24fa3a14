"""How examples lie in batches: a file for each layout of each engine."""
