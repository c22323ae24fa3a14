"""What captioners share that read a picture as one vector: how it is made, and their arguments."""

from typing import ClassVar

from gradatim.models.captioner import Captioner
from gradatim.models.picture_maps import PictureMaps, PictureVector


class VectorCaptioner(Captioner):
    """A captioner of the picture's vector v (`PictureVector`), as many numbers as a word's. Abstract.

    `at_every_step` says whether the LSTM reads v beside every word. Shapes and arguments as `Captioner` has
    them; `stages` and `width` are those of the CNN, `small_cnn`'s.
    """

    at_every_step: ClassVar[bool]

    def __init__(
        self, in_channels: int, num_symbols: int, hidden_size: int = 128, num_layers: int = 1,
        embedding_size: int = 64, stages: int = 3, width: float = 1.0, dropout: float = 0.0,
        word_dropout: float = 0.5,
    ):  # fmt: skip
        maps = PictureMaps(in_channels, stages, width)
        super().__init__(
            in_channels, num_symbols, embedding_size if self.at_every_step else 0, 0, maps,
            hidden_size, num_layers, embedding_size, dropout, word_dropout,
        )  # fmt: skip
        self.vector = PictureVector(maps.channels, embedding_size)
