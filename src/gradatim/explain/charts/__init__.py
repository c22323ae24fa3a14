"""Charts of a run: each a record of what is drawn, made once, and two renderers of it."""
