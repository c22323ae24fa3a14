"""Pictures drawn with matplotlib, one kind a file."""
