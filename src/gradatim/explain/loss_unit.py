"""What a loss is a number of."""

from gradatim.problems.problem import Problem

UNITS = {  # of the mean loss of an example
    "cross_entropy": "cross entropy, in nats",
    "binary_cross_entropy": "cross entropy, in nats",
    "nll": "negative log-likelihood, in nats",
    "categorical_nll": "negative log-likelihood, in nats",
    "bernoulli_nll": "negative log-likelihood, in nats",
    "poisson_nll": "negative log-likelihood, in nats",
    "gaussian_nll": "negative log-likelihood, in nats",
    "laplace_nll": "negative log-likelihood, in nats",
    "mixture_nll": "negative log-likelihood, in nats",
    "multilabel": "cross entropy of the labels, in nats",
    "focal": "focal loss, in nats",
    "dice": "soft Dice loss",
    "cross_entropy_dice": "cross entropy in nats + soft Dice loss",
    "boundary_cross_entropy": "cross entropy weighted at boundaries, in nats",
    "center_points": "focal loss of middles in nats + errors of boxes",
    "class_and_box": "cross entropy in nats + squared errors of boxes",
    "hinge": "hinge loss",
    "squared_hinge": "squared hinge loss",
    "squared_error": "mean squared error",
    "half_squared_error": "half the mean squared error",
    "absolute_error": "mean absolute error",
    "huber": "Huber loss",
}
SUMMED = ("squared_error", "half_squared_error", "absolute_error", "huber")  # over an example's outputs
SCALED = "of the standardised target"  # (y − mean)/deviation, which has no unit


def loss_unit(problem: Problem) -> str:
    """The loss and its unit in a few words; empty for a loss of the user's own.

    >>> from gradatim.problems.numbers import Numbers
    >>> loss_unit(Numbers(("price",), "squared_error", (250_000.0,), (80_000.0,)))
    'mean squared error of the standardised target'
    """
    words = UNITS.get(problem.loss or "", "")
    if problem.kind == "variational":
        return "negative evidence lower bound, in nats"
    if problem.loss == "multilabel" and problem.kind == "reconstruction":
        return "cross entropy, in nats, summed over an example's numbers"
    if problem.loss in SUMMED and problem.kind == "reconstruction":
        return f"{words.replace('mean ', '')}, summed over an example's numbers"
    if problem.loss in SUMMED and len(problem.names) > 1:
        words = f"sum over {len(problem.names)} targets of the {words}"
    is_scaled = bool(getattr(problem, "scale", None))
    return f"{words} {SCALED}" if words and is_scaled else words
