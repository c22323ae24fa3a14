"""How a variational autoencoder learns."""

from dataclasses import replace
from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.unsupervised.autoencoders import BERNOULLI, AutoencoderTraining

GAUSSIAN = "gaussian_nll"


class VAETraining(AutoencoderTraining):
    """Training of a variational autoencoder by the evidence lower bound (Kingma & Welling 2014).

        θ ← update(θ, ∇L),   L = −mean log p(x | z) + β KL(q(z | x)‖p(z)),   z drawn once an example

    Parameters: as of `AutoencoderTraining`; `loss`, the likelihood's: multilabel of Bernoulli outputs,
    gaussian_nll of Gaussian ones. In a run pictures are Bernoulli where none is asked for, rows Gaussian.

    Raises UsageError as there, and for a loss that is not the likelihood's.

    >>> import numpy as np
    >>> from gradatim.models.vae import VAE
    >>> rows = np.random.default_rng(0).integers(0, 2, (100, 1)) * np.ones(4)
    >>> loop = VAETraining(VAE(4, latent=1), rows, epochs=30, lr=0.01)
    >>> [record.train_loss for record in loop][-1] < 2.0  # log 2 is the least, 4 log 2 without a code
    True
    """

    task: ClassVar[str] = "density"

    def __init__(self, model: Any, data: Any, loss: Any = BERNOULLI, *given: Any, **how: Any):
        super().__init__(model, data, loss, *given, **how)

    @classmethod
    def problem_of(cls, problem: Any, examples: Any, loss: Any) -> Any:
        """Of pictures a Bernoulli likelihood, of other rows a Gaussian one, where none was asked for."""
        if loss is not None and not isinstance(loss, str):
            raise UsageError("the loss of a density is a likelihood: bernoulli_nll or gaussian_nll")
        if loss is not None:
            return problem
        return replace(problem, loss=BERNOULLI if getattr(examples, "is_pictures", False) else GAUSSIAN)

    @classmethod
    def arguments_of(cls, problem: Any) -> dict[str, Any]:
        """The likelihood that the loss is of."""
        if problem.loss not in (BERNOULLI, GAUSSIAN):
            raise UsageError("a VAE learns by a likelihood: --loss bernoulli_nll or gaussian_nll")
        return {"likelihood": "bernoulli" if problem.loss == BERNOULLI else "gaussian"}
