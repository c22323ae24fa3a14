"""The run folder: saving, loading, resuming."""
