"""Weights of torch in and out: torch keeps two biases where one is enough."""

from typing import Any, Self

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.nn.sequence.layers import SUFFIX, Layers


class OneBias(Layers):
    """One bias a layer and direction, b = b_ih + b_hh of torch.

    `load_state_dict` takes torch's names too and adds the two; `torch_state()` gives torch's names back, all
    of b in bias_ih and 0 in bias_hh.
    """

    torch_has_it = True  # whether torch has the same layer

    def from_two_biases(self, ih: Tensor, hh: Tensor) -> dict[str, Tensor]:
        """Ours from torch's two."""
        return {"bias": ih + hh}

    def to_two_biases(self, end: str) -> tuple[Tensor, Tensor]:
        """The two of torch, of the layer whose names end in `end`."""
        bias = getattr(self, f"bias{end}").detach()
        return bias.clone(), torch.zeros_like(bias)

    def _ends(self) -> list[str]:
        return [f"_l{k}{SUFFIX[d]}" for k in range(self.num_layers) for d in range(self.directions)]

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for end in self._ends():
            names = f"{prefix}bias_ih{end}", f"{prefix}bias_hh{end}"
            if all(name in state_dict for name in names):
                ih, hh = (state_dict.pop(name) for name in names)
                for name, value in self.from_two_biases(ih, hh).items():
                    state_dict[f"{prefix}{name}{end}"] = value
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def torch_state(self) -> dict[str, Tensor]:
        """The state_dict of torch's module of the same sizes; UsageError when torch has no such layer."""
        if not self.torch_has_it:
            raise UsageError(f"torch has no {type(self).__name__}")
        state = {}
        for end in self._ends():
            for name in (name for name in self.shapes(1) if name.startswith("weight")):
                state[name + end] = getattr(self, name + end).detach().clone()
            if self.bias:
                state[f"bias_ih{end}"], state[f"bias_hh{end}"] = self.to_two_biases(end)
        return state

    @classmethod
    def from_torch(cls, theirs: nn.Module) -> Self:
        """Our layer with the sizes and weights of torch's RNN, LSTM or GRU.

        Raises UsageError for another kind of module.
        """
        if type(theirs).__name__ != cls.__name__:
            raise UsageError(
                f"{cls.__name__} takes the weights of torch's; this is a {type(theirs).__name__}"
            )
        more: dict[str, Any] = {"nonlinearity": theirs.nonlinearity} if cls.__name__ == "RNN" else {}
        if getattr(theirs, "proj_size", 0):
            more["proj_size"] = theirs.proj_size
        names = ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional"]
        arguments: dict[str, Any] = {name: getattr(theirs, name) for name in names}
        ours = cls(**arguments, **more)
        weight = theirs.weight_ih_l0
        ours.to(device=weight.device, dtype=weight.dtype).load_state_dict(theirs.state_dict())  # type: ignore[arg-type]
        return ours.train(theirs.training)
