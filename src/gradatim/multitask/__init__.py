"""Several tasks at once."""

from gradatim.rooms import open_room

open_room(__name__)
