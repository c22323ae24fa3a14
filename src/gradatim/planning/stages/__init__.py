"""The stages of planning, one a file: each chooses one thing for the draft of a plan."""
