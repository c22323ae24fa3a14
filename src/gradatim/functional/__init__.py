"""Activations, losses, updates, schedules and initialisers: functions without state."""
