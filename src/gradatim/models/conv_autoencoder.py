"""The convolutional autoencoder."""

from collections.abc import Sequence
from math import prod

from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.models.coded import CodedNetwork
from gradatim.models.conv_stages import conv_stages, from_code
from gradatim.models.dense_stack import NONE, elementwise, sizes_of
from gradatim.models.mlp import INIT
from gradatim.models.network import sizes, times
from gradatim.nn.activation import Activation
from gradatim.nn.corruption import KINDS, Corruption
from gradatim.nn.dense import Dense


class ConvAutoencoder(CodedNetwork):
    """Convolutional autoencoder (Masci, Meier, Cireşan & Schmidhuber 2011; curriculum F5).

        down: a stage is a 3×3 convolution with stride 2 and g;   n → ⌈n/2⌉ on both axes
        code: a dense layer of `code` numbers, or with code=0 the last stage's maps as they are
        up: the same sizes backwards by 3×3 transposed convolutions, g between them, the last linear

    Shapes: x (N, in_channels, H, W) of `input_size` → `Coded`, outputs (N, in_channels·H·W) in the pixels'
    order, code (N, code) or (N, C, h, w); `encode`, `decode` and `answers` as of `Autoencoder`.

    Parameters: `channels` of each stage. `code`, chosen from the number of pixels when None. The output is
    linear: numbers under squared error, logits under the Bernoulli loss. `corruption`, its `amount`, and the
    penalties `sparsity_target` (of a sigmoid code), `sparsity_cost` and `code_l1` as of `Autoencoder`.

    Raises UsageError for an argument that cannot be, and for pictures of another shape.

    >>> import torch
    >>> net = ConvAutoencoder(in_channels=3, input_size=[9, 14], channels=[4, 8], code=5).eval()
    >>> net(torch.zeros(2, 3, 9, 14)).outputs.shape, net.encode(torch.zeros(2, 3, 9, 14)).shape
    (torch.Size([2, 378]), torch.Size([2, 5]))
    """

    axes = 2
    contractive = 0.0  # a closed form is of one dense layer

    def __init__(
        self, in_channels: int, input_size: int | Sequence[int], channels: Sequence[int] = (32, 64),
        code: int | None = None, activation: str = "gelu", code_activation: str | None = None,
        corruption: str = NONE, amount: float = 0.3, sparsity_target: float | None = None,
        sparsity_cost: float = 0.1, code_l1: float = 0.0, init: str | None = None,
    ):  # fmt: skip
        super().__init__()
        self.in_channels, self.input_size = (
            whole("in_channels", in_channels, 1),
            sizes("input_size", input_size),
        )
        self.channels = sizes_of("channels", channels)
        pixels = self.in_channels * prod(self.input_size)
        code = min(max(pixels // 16, 2), 64) if code is None else whole("code", code, 0)
        self.activation = elementwise("activation", activation)
        usual = "identity" if sparsity_target is None else "sigmoid"
        self.code_activation = elementwise("code_activation", code_activation or usual)
        self.sparsity_target = (
            None if sparsity_target is None else real("sparsity_target", sparsity_target, above=0, below=1)
        )
        if sparsity_target is not None and (self.code_activation != "sigmoid" or not code):
            raise UsageError(
                "sparsity_target is of a dense code of units between 0 and 1: code_activation=sigmoid"
            )
        self.sparsity_cost = real("sparsity_cost", sparsity_cost, at_least=0)
        self.code_l1 = real("code_l1", code_l1, at_least=0)
        self.corruption = None
        if one_of("corruption", corruption, (NONE, *KINDS)) != NONE:
            self.corruption = Corruption(corruption, amount)
        self._build(code, init or INIT.get(self.activation, "xavier_uniform"))

    def _build(self, code: int, init: str) -> None:
        """Stages down, the dense code where there is one, and stages up to the same sizes."""
        stages = conv_stages(self.in_channels, self.input_size, self.channels, self.activation, init)
        down, up = stages.down, stages.up
        self.maps = stages.maps
        self.code_size = code or prod(self.maps)
        if code:
            down += [
                nn.Flatten(),
                Dense(prod(self.maps), code, init="xavier_uniform"),
                Activation(self.code_activation),
            ]
            up = [*from_code(code, self.maps, self.activation, init), *up]
        self.encoder, self.decoder = nn.Sequential(*down), nn.Sequential(*up)

    def encode(self, x: Tensor) -> Tensor:
        """The code of pictures, (N, code) or (N, C, h, w)."""
        expected = (self.in_channels, *self.input_size)
        if tuple(x.shape[1:]) != expected:
            raise UsageError(
                f"the autoencoder is built for pictures of {self.in_channels} channels and "
                f"{times(self.input_size)}; these have the shape {tuple(x.shape)}"
            )
        return self.encoder(x)

    def decode(self, code: Tensor) -> Tensor:
        """The pictures that a code stands for, each as a row (N, in_channels·H·W)."""
        return self.decoder(code).flatten(1)

    def extra_repr(self) -> str:
        """The size of its code."""
        return f"channels={self.channels}, code_size={self.code_size}"
