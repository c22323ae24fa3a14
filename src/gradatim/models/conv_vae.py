"""The convolutional variational autoencoder."""

from collections.abc import Sequence
from math import prod

from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.conv_stages import conv_stages, from_code
from gradatim.models.dense_stack import elementwise, sizes_of
from gradatim.models.gaussian_code import GaussianCode
from gradatim.models.mlp import INIT
from gradatim.models.network import sizes, times
from gradatim.nn.dense import Dense


class ConvVAE(GaussianCode):
    """Variational autoencoder of convolutions (Kingma & Welling 2014; Masci et al. 2011; curriculum F5).

        h = stages down of x;   μ, s dense layers of all maps;   z = μ + exp(s/2) ε
        p(x | z): a dense layer, g, and the mirrored stages up;   the bound, β and free bits as of `VAE`

    Shapes: x (N, in_channels, H, W) of `input_size`; everything else as of `VAE`, with D = in_channels·H·W
    in the pixels' order: `decode` z (N, latent) → (N, D), `answers` x → (N, D + 3).

    Parameters: `channels` of each stage, see `conv_stages`; `latent`, the size of z; the rest as of `VAE`.
    `samples` is smaller here, since a code costs a pass through every stage up.

    Raises UsageError for an argument that cannot be, and for pictures of another shape.

    >>> import torch
    >>> net = ConvVAE(in_channels=3, input_size=[9, 14], channels=[4, 8], latent=2).eval()
    >>> net.answers(torch.ones(5, 3, 9, 14)).shape, net.decode(torch.zeros(1, 2)).shape
    (torch.Size([5, 381]), torch.Size([1, 378]))
    """

    axes = 2

    def __init__(
        self, in_channels: int, input_size: int | Sequence[int], channels: Sequence[int] = (32, 64),
        latent: int | None = None, activation: str = "relu", likelihood: str = "bernoulli",
        beta: float = 1.0, free_bits: float = 0.0, binarise: str | None = None, variance: str = "shared",
        samples: int = 10, init: str | None = None,
    ):  # fmt: skip
        channels_in, size = whole("in_channels", in_channels, 1), sizes("input_size", input_size)
        picture = (channels_in, *size)
        super().__init__(prod(picture), latent, likelihood, beta, free_bits, binarise, variance, samples)
        self.in_channels, self.input_size = channels_in, size
        self.channels = sizes_of("channels", channels)
        self.activation = elementwise("activation", activation)
        first = init or INIT.get(activation, "xavier_uniform")
        stages = conv_stages(channels_in, size, self.channels, activation, first)
        self.widest, numbers = stages.largest, prod(stages.maps)
        self.encoder = nn.Sequential(nn.Unflatten(1, picture), *stages.down, nn.Flatten())
        self.mean = Dense(numbers, self.latent, init="xavier_uniform")
        self.spread = Dense(numbers, self.latent, init="xavier_uniform")
        self.decoder = nn.Sequential(
            *from_code(self.latent, stages.maps, activation, first), *stages.up, nn.Flatten()
        )

    def flat(self, x: Tensor) -> Tensor:
        """Pictures as rows, (N, in_features); UsageError for those of another shape."""
        if tuple(x.shape[1:]) != (self.in_channels, *self.input_size):
            raise UsageError(
                f"the autoencoder is built for pictures of {self.in_channels} channels and "
                f"{times(self.input_size)}; these have the shape {tuple(x.shape)}"
            )
        return x.flatten(1)
