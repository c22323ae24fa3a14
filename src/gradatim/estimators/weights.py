"""Learned weights as scikit-learn lays them out, and what `partial_fit` goes on from: plain NumPy arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.training.training import Training

Weights = tuple[list[np.ndarray], list[np.ndarray]]  # coefs_ (in, out) and intercepts_ (out,), layer by layer


def array(value: Any) -> np.ndarray:
    """A NumPy array, or a torch tensor as one."""
    return value if isinstance(value, np.ndarray) else value.detach().cpu().numpy()


def of_parameters(parameters: dict[str, Any]) -> Weights:
    """`coefs_` and `intercepts_` of a network's parameters by name, copied."""
    held = {name: array(value) for name, value in parameters.items()}
    coefs = [value.T.copy() for name, value in held.items() if name.endswith("weight")]
    return coefs, [value.copy() for name, value in held.items() if name.endswith("bias")]


def of_network(network: Network) -> Weights:
    """Those of a network by hand."""
    return of_parameters(network.parameters)


def by_name(names: list[str], coefs: list[np.ndarray], intercepts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """A network's parameters from `coefs_` and `intercepts_`: weight and bias in turn."""
    pairs = zip(coefs, intercepts, strict=True)
    values = [value for coef, intercept in pairs for value in (np.asarray(coef).T, intercept)]
    return dict(zip(names, values, strict=False))


def load(network: Network, coefs: list[np.ndarray], intercepts: list[np.ndarray]) -> None:
    """Copy `coefs_` and `intercepts_` into a network; GradatimError where they do not fit."""
    network.load_state_dict(by_name(list(network.parameters), coefs, intercepts))


@dataclass
class Checkpoint:
    """Where a training stands, without its weights: the optimizer's state and the counters."""

    arrays: dict[str, np.ndarray]
    numbers: dict[str, Any]
    names: list[str]  # of the weights
    engine: str

    @staticmethod
    def of(training: Training) -> "Checkpoint":
        """That of a training between two epochs."""
        tensors, numbers = training.state()
        model = [name for name in tensors if name.startswith("model.")]
        arrays = {name: array(value).copy() for name, value in tensors.items() if name not in model}
        return Checkpoint(arrays, numbers, model, training.engine.framework)

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return self.numbers["epoch"]

    def restore(self, training: Training, coefs: list[np.ndarray], intercepts: list[np.ndarray]) -> None:
        """Let a training go on from here with these weights, if it is of the engine that this is of."""
        if training.engine.framework != self.engine:
            return
        tensors: dict[str, Any] = {**self.arrays, **by_name(self.names, coefs, intercepts)}
        if self.engine == "pt":
            from gradatim.estimators.torch_network import tensor

            tensors = {name: tensor(value) for name, value in tensors.items()}
        training.restore(tensors, self.numbers)
