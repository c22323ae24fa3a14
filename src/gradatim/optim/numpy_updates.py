"""Updates on NumPy arrays: the texts of `functional.updates`, with the settings that the torch wrappers have.

A network by hand holds its parameters as one vector θ and its gradient as another, so an update is one call.
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, known, plain_numbers, real, whole
from gradatim.functional import updates
from gradatim.kernels.compile import NoCompiler
from gradatim.kernels.elementwise import Elementwise

Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Method(NamedTuple):
    """A text, the names of its state in the text's order, its settings, and its name's weight decay."""

    text: Callable[..., Any]
    state: tuple[str, ...]
    settings: dict[str, float]
    weight_decay: float = 0.0


ADAM = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
MOMENTS = ("exp_avg", "exp_avg_sq")
NO_DECAY = {"weight_decay": 0.0}  # of the text: the step decays weights itself, and leaves biases alone
METHODS = {
    "sgd": Method(updates.sgd, (), {"lr": 0.01}),
    "momentum": Method(updates.momentum, ("momentum_buffer",), {"lr": 0.01, "momentum": 0.9}),
    "nesterov": Method(updates.nesterov, ("velocity",), {"lr": 0.01, "momentum": 0.9}),
    "nesterov_torch": Method(updates.nesterov_torch, ("momentum_buffer",), {"lr": 0.01, "momentum": 0.9}),
    "adagrad": Method(updates.adagrad, ("sum",), {"lr": 0.01, "eps": 1e-7}),
    "ftrl": Method(
        updates.ftrl, ("z", "sum", "inverse_rate"), {"lr": 0.1, "beta": 0.01, "l1": 0.0, "l2": 0.0}
    ),
    "rmsprop": Method(updates.rmsprop, ("square_avg",), {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}),
    "rmsprop_centered": Method(
        updates.rmsprop_centered, ("square_avg", "grad_avg"), {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}
    ),
    "adadelta": Method(updates.adadelta, ("square_avg", "acc_delta"), {"lr": 1.0, "rho": 0.9, "eps": 1e-6}),
    "adam": Method(updates.adam, MOMENTS, ADAM),
    "adam_uncorrected": Method(updates.adam_uncorrected, ("m", "v"), ADAM),
    "adamw": Method(updates.adamw, MOMENTS, {**ADAM, **NO_DECAY}, 0.01),
    "amsgrad": Method(updates.amsgrad, (*MOMENTS, "max_exp_avg_sq"), ADAM),
    "adamax": Method(updates.adamax, ("exp_avg", "exp_inf"), {**ADAM, "lr": 0.002}),
    "radam": Method(updates.radam, MOMENTS, ADAM),
    "nadam": Method(updates.nadam, (*MOMENTS, "mu_product"), {**ADAM, "lr": 0.002, "momentum_decay": 0.004}),
    "lion": Method(updates.lion, ("exp_avg",), {"lr": 1e-4, "beta1": 0.9, "beta2": 0.99, **NO_DECAY}),
    "muon": Method(updates.muon, ("momentum_buffer",), {"lr": 0.02, "momentum": 0.95, **NO_DECAY}),
    "lbfgs": Method(updates.lbfgs_step, (), {
        "lr": 1.0, "max_iter": 1, "history_size": 100, "tolerance_grad": 1e-7, "tolerance_change": 1e-9,
    }),
}  # fmt: skip
NUMBERS = ("mu_product",)  # state that is one number, not one a parameter
PIECE = 65_536  # elements; measured: docs/log/training.md, "Engines"
COMPILED = "compiled", "a C compiler is at hand"  # the path, and why
WHOLE = (updates.muon, updates.lbfgs_step)  # they read a matrix, or a vector, as one
ADAM_RATIO = 0.015  # Muon's for what is not a matrix: docs of optim.muon


class VectorUpdate:
    """An update of θ in place, given its gradient: `update(theta, gradient, lr)`.

    `state` holds one vector of θ's length for each name, and `t` the steps made. `path` says whether the text
    runs as it stands or compiled, to the same bits, and `why`. Where the text asks for values of its own, as
    L-BFGS's does, `searches` is true, and `minimise` is called instead.
    """

    searches = False

    def __init__(self, method: Method, theta: np.ndarray):
        self.text, self.settings = method.text, dict(method.settings)
        self.t = 0
        shapes = {name: () if name in NUMBERS else theta.shape for name in method.state}
        self.state = {name: np.zeros(shape, theta.dtype) for name, shape in shapes.items()}
        self.loop, self.path, self.why = _loop(method, theta.dtype)

    def __call__(self, theta: np.ndarray, gradient: np.ndarray, lr: float) -> None:
        """One step."""
        self.t += 1
        self.settings["lr"] = lr
        state, loop = self.state.values(), self.loop
        bound = loop is not None and loop.bound_to(theta, gradient, *state)
        if not bound:
            gradient = _apart(gradient, theta)
            bound = loop is not None and self._binds(loop, (theta, gradient, *state))
        if loop is not None and bound:
            loop(self.t, *self.settings.values())
        elif theta.size <= PIECE:
            self.text(theta, gradient, self.t, *state, **self.settings)
        else:
            self._by_pieces(theta, gradient)

    def _binds(self, loop: Elementwise, arrays: tuple[np.ndarray, ...]) -> bool:
        """Bind the loop to these arrays if they are rows of one precision, each in memory of its own."""
        rows = all(
            a.flags.c_contiguous and a.dtype == loop.dtype and a.size == arrays[0].size for a in arrays
        )
        if not rows or any(np.may_share_memory(a, b) for a, b in combinations(arrays, 2)):
            self.path, self.why = "text", "the arrays are not rows of one precision in memory of their own"
            return False
        loop.bind(*arrays)
        self.path, self.why = COMPILED
        return True

    def _by_pieces(self, theta: np.ndarray, gradient: np.ndarray) -> None:
        """The text on one piece after the other, so that its temporaries stay in the processor's cache."""
        before = {name: self.state[name].copy() for name in NUMBERS if name in self.state}
        for start in range(0, theta.size, PIECE):
            for name, number in before.items():  # one number, which every piece moves from where it was
                self.state[name][...] = number
            piece = slice(start, start + PIECE)
            held = [s if s.shape == () else s[piece] for s in self.state.values()]
            self.text(theta[piece], gradient[piece], self.t, *held, **self.settings)


def _apart(gradient: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The gradient in θ's precision, and copied where it may lie in θ's memory, which a text writes."""
    if gradient.dtype != theta.dtype:
        return gradient.astype(theta.dtype)
    return gradient.copy() if np.may_share_memory(theta, gradient) else gradient


def _loop(method: Method, dtype: np.dtype) -> tuple[Elementwise | None, str, str]:
    """The compiled loop of a text where there can be one, the path, and why."""
    if method.text in WHOLE or set(method.state) & set(NUMBERS):
        return None, "text", "it is not a function of one element"
    try:
        return Elementwise(method.text, ("t", *method.settings), dtype), *COMPILED
    except NoCompiler as error:
        return None, "text", str(error)


class MuonUpdate(VectorUpdate):
    """Muon on the matrices of θ, AdamW on what is not a matrix: see `optim.muon`."""

    def __init__(self, method: Method, theta: np.ndarray, shapes: Iterable[tuple[int, ...]]):
        super().__init__(method, theta)
        self.state |= {name: np.zeros_like(theta) for name in MOMENTS}
        self.shapes = list(shapes)
        self.others = {**METHODS["adamw"].settings}

    def __call__(self, theta: np.ndarray, gradient: np.ndarray, lr: float) -> None:
        """One step."""
        self.t += 1
        self.settings["lr"], self.others["lr"] = lr, ADAM_RATIO * lr
        vectors = (theta, _apart(gradient, theta), *self.state.values())
        start = 0
        for shape in self.shapes:
            stop = start + int(np.prod(shape))
            p, g, b, m, v = (vector[start:stop].reshape(shape) for vector in vectors)
            if len(shape) == 2:
                updates.muon(p, g, self.t, b, **self.settings)
            else:
                updates.adamw(p, g, self.t, m, v, **self.others)
            start = stop


class LBFGSUpdate(VectorUpdate):
    """L-BFGS: its state is the last pairs (s, y), one a row. A step is one iteration."""

    searches = True

    def __init__(self, method: Method, theta: np.ndarray):
        super().__init__(method, theta)
        self.state = {name: np.zeros((0, len(theta)), theta.dtype) for name in ("s", "y")}

    def minimise(
        self, theta: np.ndarray, gradient: np.ndarray, f: float, evaluate: Evaluate, lr: float
    ) -> None:
        """An iteration from θ, whose value is f; evaluate(x) gives f(x) and ∇f(x)."""
        x, g = theta.copy(), gradient.copy()
        pairs = list(zip(self.state["s"], self.state["y"], strict=True))
        try:
            settings = {**self.settings, "lr": lr}
            _, _, self.t = self.text(x, g, self.t, pairs, f=f, evaluate=evaluate, **settings)
        finally:  # the last point that was taken, not one that was tried
            theta[...] = x
            columns = zip(*pairs, strict=True) if pairs else (np.zeros((0, len(x)), x.dtype),) * 2
            self.state = {name: np.array(rows) for name, rows in zip(("s", "y"), columns, strict=True)}


def check_settings(optimizer: Any, settings: dict[str, Any]) -> None:
    """Raise UsageError for what is no setting of the optimizer of that name, or not a number it can have."""
    if settings and not isinstance(optimizer, str):
        raise UsageError("an optimizer that is made has its settings; settings are for one given by name")
    for name, value in settings.items():
        known(f"setting of {optimizer}", name, set(METHODS[optimizer].settings) - {"lr", "weight_decay"})
        if name in ("max_iter", "history_size"):
            whole(name, value, 1)
            continue
        fraction = name in ("momentum", "alpha", "rho", "beta1", "beta2")
        real(name, value, at_least=0, below=1 if fraction else None)


def vector_update(
    name: str, theta: np.ndarray, shapes: Iterable[tuple[int, ...]], settings: dict[str, Any] | None = None
) -> VectorUpdate:
    """The update of that name for a θ made of parameters of these shapes; settings other than its own.

    >>> theta = np.ones(2)
    >>> vector_update("sgd", theta, [(2,)])(theta, np.array([1.0, 2.0]), lr=0.1)
    >>> theta
    array([0.9, 0.8])
    """
    method = METHODS[known("optimizer", name, METHODS)]
    method = method._replace(settings={**method.settings, **plain_numbers(settings or {})})
    if name == "muon":
        return MuonUpdate(method, theta, shapes)
    return LBFGSUpdate(method, theta) if name == "lbfgs" else VectorUpdate(method, theta)
