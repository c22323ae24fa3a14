"""What `plot` draws, by where its numbers come from."""
