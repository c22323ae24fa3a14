"""Choosing what comes next: from a network's scores to a sequence."""

from gradatim.rooms import open_room

open_room(__name__, more={"generating": "generate"})
