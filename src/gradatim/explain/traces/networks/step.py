"""One step of learning from one example, every number of it kept."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradatim.by_hand.graph_network import read, send_back
from gradatim.by_hand.layers.batch_norm import BatchNorm
from gradatim.by_hand.layers.bidirectional import Bidirectional
from gradatim.by_hand.layers.group_norm import InstanceNorm
from gradatim.by_hand.layers.recurrent import Recurrent
from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError, UsageError
from gradatim.explain.traces.networks.blocks import Block, blocks_of
from gradatim.functional.updates import two_loops
from gradatim.optim.numpy_updates import METHODS, MuonUpdate, vector_update
from gradatim.training.penalties_and_clipping import Shaping

OVER_TIME = (Recurrent, Bidirectional)
ANSWERING = (BatchNorm, InstanceNorm)  # of one example there is no batch to normalise by
Arrays = dict[str, np.ndarray]


@dataclass
class Setup:
    """What a trace starts from: a network in float64, one example, a loss, and an optimizer with its state.

    `x` is (1, …), or (T, 1, D) where the first layer reads a sequence; `y` is the target as the loss reads it
    and `last` says that it is the last step's alone. `state` holds what the optimizer remembers, and `t` its
    steps so far. `sign` is that of δ beside ∂L/∂a.
    """

    network: Network
    x: np.ndarray
    y: np.ndarray
    loss_name: str
    lr: float
    loss: Loss = None  # type: ignore[assignment]  # of that name where none is given
    optimizer: str = "sgd"
    settings: dict[str, Any] = field(default_factory=dict)
    state: Arrays = field(default_factory=dict)
    t: int = 0
    shaping: Shaping = field(default_factory=Shaping)
    sign: int = 1
    seed: int = 0  # of the masks of dropout
    last: bool = False
    folded: str = ""  # the activation behind the scores that the loss contains: sigmoid or softmax
    title: str = "One step of learning"
    sentences: tuple[str, ...] = ()  # target and rate, in words
    where: str = ""  # where the network is from
    names: tuple[str, ...] = ()  # of the inputs
    steps: tuple[str, ...] = ()  # what stands at each step of a sequence, in words
    answers: tuple[str, ...] = ()  # what is right there
    units: list[list[int]] | None = None  # the units' numbers, where a person numbered them

    def __post_init__(self) -> None:
        self.loss = self.loss or loss_by_name(self.loss_name)
        self.settings = {**METHODS[self.optimizer].settings, **self.settings, "lr": self.lr}


@dataclass
class Step:
    """A setup worked through: of layer n its input h[n], its output h[n + 1], and ∂L/∂h[n] in g[n]."""

    setup: Setup
    blocks: list[Block]
    h: list[np.ndarray]
    g: list[np.ndarray]
    loss: float
    before: Arrays  # the parameters
    gradients: Arrays
    shaped: Arrays  # the gradients as the optimizer gets them, penalised and clipped
    old_state: dict[str, Arrays]  # what the optimizer remembers, by its name and the parameter's
    new_state: dict[str, Arrays]
    after: Arrays
    next_h: list[np.ndarray]
    next_loss: float
    t: int  # the number of this step
    sent: list[tuple[np.ndarray, ...]]  # what each layer sends back to each of those that it reads
    search: dict[str, Any] | None = None  # of L-BFGS: its direction d, the length a, and how it was found

    @property
    def output(self) -> np.ndarray:
        """What the network answers."""
        return self.h[-1]

    def read_by(self, block: Block) -> list[np.ndarray]:
        """What a block's first layer reads: of a sum several outputs."""
        return [self.h[place] for place in self.setup.network.reads[block.start]]

    def place(self, block: Block) -> str:
        """The name that the block's first layer has in the network."""
        return self.setup.network.named_layers[block.start][0]


def work_through(setup: Setup) -> Step:
    """Forward, backward, update, and the next pass; the setup's network is left updated.

        h_n = f_n(h_{n−1}; θ);   g_n = ∂L/∂h_n;   θ ← update(θ, ∂L/∂θ)

    Raises UsageError for an input that the network cannot read, GradatimError for a loss that is not finite.
    """
    network = setup.network
    before = _copies(network.parameters)
    h, loss = forward(setup)
    if not np.isfinite(loss):
        raise GradatimError(f"the loss of this example is {loss}, so there is no gradient to follow")
    g, sent = _backward(setup, h[-1])
    gradients = _copies(network.gradients)
    shaped, old, new, t, search = _update(setup)
    next_h, next_loss = forward(setup)
    return Step(
        setup, blocks_of(network), h, g, loss, before, gradients, shaped, old, new,
        _copies(network.parameters), next_h, next_loss, t, sent, search,
    )  # fmt: skip


def forward(setup: Setup) -> tuple[list[np.ndarray], float]:
    """Every layer's output behind the input, and the loss; dropout drops, always the same units."""
    network = setup.network
    network.place(setup.seed, setup.t)
    h = [setup.x]
    for (place, layer), reads in zip(network.named_layers, network.reads, strict=True):
        try:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                h.append(layer.forward(read(layer, h, reads), not isinstance(layer, ANSWERING)).copy())
        except UsageError as error:
            raise UsageError(f"layer {place}: {error}") from error
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return h, setup.loss.mean(judged(setup, h[-1]), setup.y)
    except (ValueError, IndexError) as error:
        raise UsageError(f"the target does not fit the outputs, of shape {judged(setup, h[-1]).shape}: "
                         f"{error}") from error  # fmt: skip


def is_sequence(network: Network) -> bool:
    """Whether a network reads steps, its examples standing along the second axis."""
    return any(isinstance(layer, OVER_TIME) for layer in network.layers)


def judged(setup: Setup, outputs: np.ndarray) -> np.ndarray:
    """The outputs that the loss reads: (N, K), of a sequence (T, K) or the last step's."""
    if is_sequence(setup.network):
        outputs = outputs[:, 0]
        return outputs[-1:] if setup.last else outputs
    return outputs


def _backward(setup: Setup, outputs: np.ndarray) -> tuple[list[np.ndarray], list[tuple[np.ndarray, ...]]]:
    """∂L/∂h of the input and of every layer, and what each sends back; the network holds ∂L/∂θ."""
    slope = setup.loss.gradient(judged(setup, outputs), setup.y)
    slope = slope.reshape(judged(setup, outputs).shape)
    g = np.zeros_like(outputs)
    if is_sequence(setup.network):
        g[len(outputs) - len(slope) :, 0] = slope
    else:
        g[...] = slope
    return send_back(setup.network, g)


def _update(
    setup: Setup,
) -> tuple[Arrays, dict[str, Arrays], dict[str, Arrays], int, dict[str, Any] | None]:
    """Move θ; the shaped gradient, the optimizer's state before and after, the step's number, its search."""
    network, theta, gradient = setup.network, setup.network.theta, setup.network.gradient
    weights = [p for p in network.parameters.values() if p.ndim >= 2]
    of_weights = [network.gradients[name] for name, p in network.parameters.items() if p.ndim >= 2]
    setup.shaping.shape(weights, of_weights, [gradient])
    shaped = _copies(network.gradients)
    method = METHODS[setup.optimizer]
    state = {
        name: np.array(setup.state.get(name, np.zeros(() if name == "mu_product" else theta.shape)))
        for name in method.state
    }
    old = {name: _by_parameter(network, value.copy()) for name, value in state.items()}
    t = setup.t + 1
    if setup.optimizer == "lbfgs":
        return shaped, {}, {}, t, _search(setup, weights, of_weights)
    setup.shaping.decay(weights, setup.lr)
    if setup.optimizer == "muon":
        update = vector_update("muon", theta, [p.shape for p in network.parameters.values()])
        assert isinstance(update, MuonUpdate)
        update.settings, update.t = dict(setup.settings), setup.t
        update.state |= {name: np.array(setup.state.get(name, value)) for name, value in update.state.items()}
        old = {name: _by_parameter(network, value.copy()) for name, value in update.state.items()}
        update(theta, gradient.copy(), setup.lr)
        state = update.state
    else:
        method.text(theta, gradient.copy(), t, *state.values(), **setup.settings)
    return shaped, old, {name: _by_parameter(network, value) for name, value in state.items()}, t, None


def _search(setup: Setup, weights: list[np.ndarray], of_weights: list[np.ndarray]) -> dict[str, Any]:
    """A step of L-BFGS, which asks for further values of the loss; what it found."""
    network = setup.network
    shapes = [p.shape for p in network.parameters.values()]
    update: Any = vector_update("lbfgs", network.theta, shapes, {
        name: value for name, value in setup.settings.items() if name != "lr"
    })  # fmt: skip
    update.state |= {name: np.array(value) for name, value in setup.state.items() if name in update.state}
    update.t = setup.t

    tried: list[tuple[float, np.ndarray]] = []
    before, g = network.theta.copy(), network.gradient.copy()
    pairs = list(zip(update.state["s"], update.state["y"], strict=True))
    d = -two_loops(g, pairs)
    if float(g @ d) >= 0:
        d, pairs = -g, []

    def evaluate(theta: np.ndarray) -> tuple[float, np.ndarray]:
        network.theta[...] = theta
        h, loss = forward(setup)
        _backward(setup, h[-1])
        setup.shaping.shape(weights, of_weights, [network.gradient])
        tried.append((loss + setup.shaping.penalty(weights), network.gradient.copy()))
        return tried[-1]

    start = forward(setup)[1] + setup.shaping.penalty(weights)
    update.minimise(network.theta, g, start, evaluate, setup.lr)
    f_new, g_new = evaluate(network.theta.copy())
    return {
        "d": _by_parameter(network, d), "a": float((network.theta - before) @ d) / (float(d @ d) or 1.0),
        "slope": float(g @ d), "slope_new": float(g_new @ d), "f": start, "f_new": f_new,
        "tried": len(tried) - 1, "pairs": len(pairs), "iterations": update.t - setup.t,
    }  # fmt: skip


def _by_parameter(network: Network, value: np.ndarray) -> Arrays:
    """A vector of θ's length by parameter; a single number as it is, under the name ""."""
    if value.shape != network.theta.shape:
        return {"": value}
    found, start = {}, 0
    for name, p in network.parameters.items():
        found[name] = value[start : start + p.size].reshape(p.shape)
        start += p.size
    return found


def _copies(arrays: Arrays) -> Arrays:
    return {name: value.copy() for name, value in arrays.items()}
