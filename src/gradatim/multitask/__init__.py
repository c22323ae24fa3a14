"""Ways of learning several tasks at once."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "tasks": "Tasks", "question": "Question pose", "proximal": "Solution minimise",
    "block_descent": "descend", "training": "MultiTaskTraining", "gradnorm": "gradnorm",
}, over="gradnorm")  # fmt: skip
