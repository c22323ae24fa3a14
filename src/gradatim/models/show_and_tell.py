"""A caption from a picture that enters once, as the first input."""

from typing import ClassVar

from torch import Tensor

from gradatim.models.captioner import Named
from gradatim.models.vector_captioner import VectorCaptioner


class ShowAndTell(VectorCaptioner):
    """The picture is the first word that the LSTM reads (Vinyals, Toshev, Bengio & Erhan 2015, eq. 10–12).

        x_{−1} = v, the picture's vector (`PictureVector`);   x_t = E y_t for t ≥ 0;   s_{t+1} = W h_t + b

    Shapes and arguments as `Captioner` has them; `stages` and `width` are those of the CNN, `small_cnn`'s.
    The paper's CNN was trained on ImageNet before; this one learns with the LSTM.

    >>> import torch
    >>> network = ShowAndTell(3, 5, hidden_size=4)
    >>> y, lengths = torch.tensor([[2, 1, 0], [3, 4, 1]]), torch.tensor([2, 3])
    >>> network(torch.zeros(2, 3, 16, 16), None, y, lengths).shape
    torch.Size([5, 5])
    """

    at_every_step: ClassVar[bool] = False

    def remember(self, values: Tensor, lengths: Tensor | None = None) -> tuple[Named, Named]:
        """Nothing is kept but the state that the picture leaves."""
        v = self.vector(self.feature_maps(values))
        _, state = self.run(v[:, None], self.start(values))
        return {}, state

    def say(self, words: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """h_t."""
        return self.run(words, state)
