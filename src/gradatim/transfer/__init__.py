"""From one problem to another: what a network has learned is where the next one begins."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "fine_tuning": "FineTuning GradualUnfreezing", "layers": "layers_of",
    "net2net": "grow",
}, over="")  # fmt: skip
