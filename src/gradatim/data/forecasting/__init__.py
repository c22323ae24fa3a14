"""Tables whose rows are steps in time: a regular grid, windows of the past, calendars."""
