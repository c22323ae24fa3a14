"""Examples, from files and objects to splits."""

from gradatim.rooms import open_room

open_room(
    __name__,
    more={
        "dataset": "Dataset", "inputs": "Inputs", "loading": "load_data", "splits": "Splits split",
        "text": "Text",
    },
    over="adult cifar10 digits flickr8k hymenoptera mnist mnist_m school spoken_digits usps weizmann "
    "weizmann_captions",
)  # fmt: skip
