"""Several tasks learned together: linear models with penalties on the weights of all tasks."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "tasks": "Tasks", "question": "Question pose", "proximal": "Solution minimise",
    "block_descent": "descend",
})  # fmt: skip
