"""How an autoencoder learns: as any network does, from inputs that are their own targets."""

from typing import Any, ClassVar

from gradatim.checks import UsageError, notice
from gradatim.training.training import Training
from gradatim.unsupervised.again import again, check_unit_interval, check_variance

BERNOULLI = "multilabel"  # the loss of numbers from 0 to 1, each a Bernoulli of its own


class AutoencoderTraining(Training):
    """Training of an autoencoder on inputs alone (curriculum F1–F3, F5): a Record after each epoch.

        θ ← update(θ, ∇L),   L = mean l(x̂, x) and the network's penalties of the code

    Everything else is `Training`'s: schedules, optimizers, patience, averages, and a checkpoint that goes on
    exactly, for noise is a function of (seed, layer, step, element).

    Parameters: as of `Training`; `data` and `valid`, inputs alone, (x, y) or a Dataset, of which y is not
    looked at. `loss`, squared_error, absolute_error, or multilabel for Bernoulli outputs of [0, 1].

    Raises UsageError for one example, for examples that are all the same, for a number that is not finite
    and for one outside [0, 1] of Bernoulli outputs.

    >>> import numpy as np
    >>> from gradatim.models.autoencoder import Autoencoder
    >>> rows = np.random.default_rng(0).normal(size=(100, 1)) * [1.0, 2.0, -1.0]
    >>> losses = [record.train_loss for record in AutoencoderTraining(Autoencoder(3, [1]), rows, lr=0.03)]
    >>> losses[-1] < 0.1 * losses[0]
    True
    """

    task: ClassVar[str] = "reconstruction"
    usual: ClassVar[dict[str, Any]] = {"weight_decay": 0.0}
    reasons: ClassVar[dict[str, str]] = {
        "weight_decay": "the code bounds what it learns by heart, and decay blurs what it says again"
    }
    sizes_itself: ClassVar[bool] = True

    def __init__(
        self, model: Any, data: Any, loss: Any = "squared_error", *given: Any, valid: Any = None, **how: Any
    ):
        examples = again(data)
        check_variance(examples)
        numbers = examples.x[0].size
        if getattr(model, "may_copy", False) and model.code_size >= numbers:
            notice(
                f"the code has {model.code_size} numbers and an input {numbers}: nothing keeps the network "
                "from copying; a smaller code does, noise (corruption), or a penalty (such as code_l1)"
            )
        valid = None if valid is None else again(valid)
        for part in (examples, valid):
            if loss == BERNOULLI and part is not None:
                check_unit_interval(part)
        super().__init__(model, examples, loss, *given, valid=valid, **how)

    def _hold(self, examples: Any, augment: str | None = None) -> Any:
        """The engine's batches of inputs that are their own targets; UsageError where they are to change."""
        if augment is not None:
            raise UsageError("augment changes inputs and not targets; here inputs are their own targets")
        return super()._hold(again(examples))

    @classmethod
    def encoder_of(cls, examples: Any, problem: Any, usual: str | None) -> str | None:
        """Pictures between 0 and 1; rows as the data's own, under a Bernoulli loss as they are, tables
        between 0 and 1, too.

        Pixels that hardly vary would outweigh all others, were each standardised.
        """
        if getattr(examples, "is_pictures", False):
            return "unit"
        own = usual or examples.encoder
        if problem.loss == BERNOULLI and own == "standardise":
            return "none"
        if problem.loss == BERNOULLI and own != "none":
            return "unit"
        return usual
