"""Five shapes in which networks are used on sequences (curriculum E4), as data: what is read and said when.

one to one                a picture, its class; no sequence
one to many               a picture, the words that describe it
many to one               a series, its class
many to many, aligned     the words of a sentence, a tag for each
many to many, translated  a sentence, the same in another language: the first word is said when all are read
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShapeOfUse:
    """A shape: at which of its `steps` an input is read and an answer said, and whether answers are fed back.

    `network` and `problem` are names of the catalogue; a network without a problem is called in Python.
    """

    name: str
    reads: tuple[int, ...]
    says: tuple[int, ...]
    feeds_back: bool
    network: str
    problem: str
    example: str

    @property
    def steps(self) -> int:
        """How many steps the drawing has."""
        return max(*self.reads, *self.says) + 1


SHAPES = (
    ShapeOfUse("one to one", (0,), (0,), False, "mlp", "classes", "a row of a table, its class"),
    ShapeOfUse("one to many", (0,), (0, 1, 2), True, "sequence_decoder", "", "a picture, its description"),
    ShapeOfUse("many to one", (0, 1, 2), (2,), False, "conv_recurrent", "classes", "a series, its class"),
    ShapeOfUse("many to many, aligned", (0, 1, 2), (0, 1, 2), False, "tagger", "tags",
               "a sentence, a tag a word"),
    ShapeOfUse("many to many, translated", (0, 1, 2), (2, 3, 4), True, "encoder_decoder", "",
               "a sentence, its translation"),
)  # fmt: skip
