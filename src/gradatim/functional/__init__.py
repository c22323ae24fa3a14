"""Activations, losses, updates, schedules and initialisers: functions without state."""

from gradatim.rooms import open_room

open_room(
    __name__,
    over="class_and_box focal kl_divergence nll",
    made_by={"loss": "gradatim.functional.by_name:loss_function"},
)
