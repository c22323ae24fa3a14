"""The training iterator and its engine."""
