"""LRCN for captions: a picture that enters at every step."""

from typing import ClassVar

import torch
from torch import Tensor

from gradatim.models.captioner import Named
from gradatim.models.vector_captioner import VectorCaptioner


class LRCNCaptioner(VectorCaptioner):
    """The LSTM reads the picture beside every word (Donahue et al. 2015, "LRCN"; Mao et al. 2015, "m-RNN").

        h_t, c_t = LSTM([E y_{t−1}; v], h_{t−1}, c_{t−1}),  h_0 = c_0 = 0;   s_t = W h_t + b

    v is the picture's vector (`PictureVector`). Shapes and arguments as `Captioner` has them; `stages` and
    `width` are those of the CNN, `small_cnn`'s. The papers' CNNs were trained on ImageNet before, and Mao's
    picture meets the words behind the recurrent layer.

    >>> network = LRCNCaptioner(3, 5, hidden_size=4)
    >>> y, lengths = torch.tensor([[2, 1, 0], [3, 4, 1]]), torch.tensor([2, 3])
    >>> network(torch.zeros(2, 3, 16, 16), None, y, lengths).shape
    torch.Size([5, 5])
    """

    at_every_step: ClassVar[bool] = True

    def remember(self, values: Tensor, lengths: Tensor | None = None) -> tuple[Named, Named]:
        """v, and a state of zeros."""
        return {"v": self.vector(self.feature_maps(values))}, self.start(values)

    def say(self, words: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """h_t."""
        v = memory["v"][:, None].expand(-1, words.shape[1], -1)
        return self.run(torch.cat([words, v], 2), state)
