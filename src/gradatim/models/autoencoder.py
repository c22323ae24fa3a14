"""The autoencoder of dense layers."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import UsageError, one_of, real, whole
from gradatim.models.code_penalties import SLOPES
from gradatim.models.coded import CodedNetwork
from gradatim.models.dense_stack import NONE, dense_stack, elementwise, sizes_of, usual_units
from gradatim.models.mlp import INIT
from gradatim.nn.corruption import KINDS, Corruption
from gradatim.nn.dense import Dense


class Autoencoder(CodedNetwork):
    """Autoencoder (Rumelhart, Hinton & Williams 1986; Hinton & Salakhutdinov 2006; curriculum F1–F3).

        h_0 = corrupt(x);   h_d = g(W_d h_{d−1} + b_d), d = 1 … l;   the code is h_l
        x̂ by layers of their own, or with V_d = W_dᵀ where they are tied

    The output is linear: numbers under squared error, logits under the Bernoulli loss. Penalties of the code,
    which `LossOfCode` adds, make it sparse (`sparsity_target` ρ with `sparsity_cost`, of a sigmoid code;
    `code_l1`, λ Σ|h|) or contractive (`contractive`, λ‖∂h/∂x‖², of an encoder of one layer); with a
    `corruption` of the inputs by an `amount` it is denoising (Vincent et al. 2008).

    Shapes: x (N, …) of in_features numbers an example → `Coded`, outputs (N, in_features) and code (N, H);
    `encode` x → (N, H), `decode` (N, H) → (N, in_features), `answers` x → the outputs alone.

    Parameters: `hidden`, the encoder's units, of which the last is the code's size; chosen from in_features
    when None. `decoder`, the units between code and output; the encoder's mirrored when None. `activation`
    g of every layer but the code's and the last; `code_activation`, sigmoid where a penalty needs a bounded
    code, else identity. `init`, an initialiser instead of the one that suits g.

    Raises UsageError for an argument that cannot be, and for other inputs.

    >>> net = Autoencoder(6, hidden=[4, 2]).eval()
    >>> net(torch.zeros(5, 6)).outputs.shape, net.encode(torch.zeros(5, 6)).shape
    (torch.Size([5, 6]), torch.Size([5, 2]))
    """

    def __init__(
        self, in_features: int, hidden: Sequence[int] | None = None, decoder: Sequence[int] | None = None,
        tied: bool = False, activation: str = "gelu", code_activation: str | None = None,
        corruption: str = NONE, amount: float = 0.3, sparsity_target: float | None = None,
        sparsity_cost: float = 0.1, code_l1: float = 0.0, contractive: float = 0.0, init: str | None = None,
    ):  # fmt: skip
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        self.units = usual_units(in_features) if hidden is None else sizes_of("hidden", hidden)
        self.tied = bool(tied)
        if self.tied and decoder is not None:
            raise UsageError("a tied decoder is the encoder's transpose: give tied or decoder, not both")
        self.code_size = self.units[-1]
        back = self.units[-2::-1] if decoder is None else sizes_of("decoder", decoder, at_least=0)
        self.activation = elementwise("activation", activation)
        bounded = sparsity_target is not None or contractive
        code_activation = code_activation or ("sigmoid" if bounded else "identity")
        self.code_activation = elementwise("code_activation", code_activation)
        self._take_penalties(sparsity_target, sparsity_cost, code_l1, contractive)
        self.corruption = None
        if one_of("corruption", corruption, (NONE, *KINDS)) != NONE:
            self.corruption = Corruption(corruption, amount)
        inits = [init or INIT.get(name, "xavier_uniform") for name in (self.activation, self.code_activation)]
        widths = [self.in_features, *self.units]
        self.encoder = dense_stack(
            widths, [self.activation] * (len(self.units) - 1) + [self.code_activation], inits
        )
        if self.tied:
            self.decoder: nn.Module = _Transposed(self.in_features, self.units)
        else:
            ways = [self.activation] * len(back) + [NONE]
            self.decoder = dense_stack(
                [self.units[-1], *back, self.in_features], ways, [inits[0], "xavier_uniform"]
            )

    def _take_penalties(
        self, target: float | None, cost: float, code_l1: float, contractive: float
    ) -> None:  # fmt: skip
        """The penalties of the code, of which each needs a code of its kind."""
        self.sparsity_target = None if target is None else real("sparsity_target", target, above=0, below=1)
        self.sparsity_cost = real("sparsity_cost", cost, at_least=0)
        self.code_l1 = real("code_l1", code_l1, at_least=0)
        self.contractive = real("contractive", contractive, at_least=0)
        if target is not None and self.code_activation != "sigmoid":
            raise UsageError(
                "sparsity_target is of units between 0 and 1: take code_activation=sigmoid, or code_l1 for "
                f"{self.code_activation}"
            )
        if not self.contractive:
            return
        if len(self.units) > 1:
            raise UsageError(
                f"contractive is for an encoder of one layer; hidden is {self.units}: train one such "
                "autoencoder on the code of another to stack them"
            )
        one_of("code_activation with contractive", self.code_activation, SLOPES)

    def encode(self, x: Tensor) -> Tensor:
        """The code of inputs, (N, H)."""
        flat = x.flatten(1)
        if flat.shape[1] != self.in_features:
            raise UsageError(
                f"the autoencoder reads {self.in_features} numbers an example; the inputs' shape is "
                f"{tuple(x.shape)}"
            )
        return self.encoder(flat)

    def decode(self, code: Tensor) -> Tensor:
        """The inputs that a code (N, H) stands for, (N, in_features)."""
        if code.ndim != 2 or code.shape[1] != self.units[-1]:
            raise UsageError(f"a code here has {self.units[-1]} numbers; its shape is {tuple(code.shape)}")
        return self.decoder(code, self.encoder, self.activation) if self.tied else self.decoder(code)

    def decoder_layer(self, number: int) -> nn.Module:
        """The decoder's layer opposite to layer `number` of the encoder, from 1 on: h_d → V_d h_d + c_d.

        Raises UsageError where the decoder does not mirror the encoder.
        """
        widths = [self.in_features, *self.units]
        opposite = len(self.units) - number
        if isinstance(self.decoder, _Transposed):
            dense = [layer for layer in self.encoder if isinstance(layer, Dense)]
            return _TransposedLayer(dense[number - 1].weight, self.decoder.biases[opposite])
        layers = [layer for layer in self.decoder.children() if isinstance(layer, Dense)]
        reached = [layer.weight.shape[0] for layer in layers]
        if reached != widths[-2::-1]:
            raise UsageError(
                f"the decoder's layers have {reached} units and do not mirror the encoder's, {widths}: leave "
                "out decoder="
            )
        return layers[opposite]

    def extra_repr(self) -> str:
        """What the constructor was told, as far as it is not the default."""
        told = [f"hidden={self.units}", *(["tied=True"] if self.tied else [])]
        for name in ("sparsity_target", "code_l1", "contractive"):
            told += [f"{name}={getattr(self, name):g}"] if getattr(self, name) else []
        return ", ".join(told)


class _TransposedLayer(nn.Module):
    """A tied layer alone, h → Wᵀ h + c, W the encoder's own (out, in).

    Shapes: (N, out) → (N, in).
    """

    def __init__(self, weight: nn.Parameter, bias: nn.Parameter):
        super().__init__()
        self.weight, self.bias = weight, bias

    def forward(self, h: Tensor) -> Tensor:
        """One layer back."""
        return F.linear(h, self.weight.t(), self.bias)


class _Transposed(nn.Module):
    """A decoder of the encoder's own weights, h_{d−1} = g(W_dᵀ h_d + c_d), the last without g."""

    def __init__(self, in_features: int, units: list[int]):
        super().__init__()
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(n)) for n in [*units[-2::-1], in_features])

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Every c begins at 0."""
        with torch.no_grad():
            for bias in self.biases:
                if not bias.is_meta:
                    bias.zero_()

    def forward(self, code: Tensor, encoder: nn.Sequential, activation: str) -> Tensor:
        """From the code back to the inputs."""
        dense = [layer for layer in encoder if isinstance(layer, Dense)]
        g = catalog.find(activation, "activation").load()
        for number, (layer, bias) in enumerate(zip(reversed(dense), self.biases, strict=True)):
            code = F.linear(code, layer.weight.t(), bias)
            code = g(code) if number < len(dense) - 1 else code
        return code
