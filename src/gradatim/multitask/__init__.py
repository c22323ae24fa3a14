"""Several tasks at once."""

from gradatim.rooms import open_room

open_room(__name__, more={"training": "MultiTaskTraining", "gradnorm": "gradnorm"}, over="gradnorm")
