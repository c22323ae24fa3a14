"""What networks share that read an input into steps and say another sequence, attending to these."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.models.attention_decoder import AttentionDecoder, Tensors


class Attending(nn.Module):
    """From an input to a sequence by an `AttentionDecoder`, which says its equations. Abstract.

        m, real, v = read(x);   scores of y_1 … y_T = decoder(m, v, y_0 … y_{T−1})

    Shapes: values and lengths as `read` takes them; y (N, T) of symbols 0 … K−1, y_lengths (N,) → (Σ T_i, K),
    the scores of every real step, sequence after sequence.
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads
    attends: ClassVar[bool] = True  # whether its state has the "attention" of the last step
    decoder: AttentionDecoder

    def read(self, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The memory m (N, L, M), which of its steps are real (N, L), and where to begin, v (N, F)."""
        raise NotImplementedError

    def forward(self, values: Tensor, lengths: Tensor, y: Tensor, y_lengths: Tensor) -> Tensor:
        """The scores of every real step of y, the right symbols before it being known."""
        return self.decoder(*self.read(values, lengths), y, y_lengths)

    def remember(self, values: Tensor, lengths: Tensor) -> tuple[Tensors, Tensors]:
        """What stays as it is while an input is decoded, and the first state; N first in all of it."""
        return self.decoder.remember(*self.read(values, lengths))

    def advance(self, said: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """One step behind the symbols said last (N,), K at first: the scores (N, K), and the next state.

        The state's "attention" (N, L) are the weights of this step.
        """
        return self.decoder.advance(said, memory, state)
