"""What is asked of a network: how its outputs are read, judged and said. One kind of answer a file."""

from gradatim.rooms import open_room

open_room(__name__)
