"""Pages to read: where everything stands, what is not known, and what to read."""
