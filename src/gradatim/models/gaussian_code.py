"""What variational autoencoders share, whatever the layers of their encoder and decoder."""

from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.models.dense_stack import NONE
from gradatim.models.evidence_bound import (
    LIKELIHOODS,
    Drawn,
    LossOfELBO,
    divergence_from_normal,
    importance_bound,
    log_likelihood,
)
from gradatim.models.vae_draws import Binarise, Reparameterise
from gradatim.nn.row_numbers import row_normal

BINARISE = (NONE, "threshold", "sampled")
LEAST = -9.2  # of the decoder's log variance: a deviation of 0.01, lest a constant input be infinitely likely
AT_ONCE = 2**23  # numbers that are decoded together
LOSSES = {"bernoulli": ("MultiLabel", "bernoulli_nll"), "gaussian": ("GaussianNLL", "gaussian_nll")}


class GaussianCode(nn.Module):
    """A network with q(z | x) = N(μ(x), exp(s(x))), p(z) = N(0, I) and p(x | z) (Kingma & Welling 2014).

        h = encoder(v),   μ = mean(h),   s = spread(h),   z = μ + exp(s/2) ε,   p(x | z) by decoder(z)

    `encoder`, `mean`, `spread` and `decoder` are each network's own, of inputs v (N, in_features) as rows;
    `widest` is how many numbers the largest layer holds for one code.

    Parameters and shapes: as of `VAE`.

    Raises UsageError for an argument that cannot be, and for other inputs.
    """

    encoder: nn.Module
    mean: nn.Module
    spread: nn.Module
    decoder: nn.Module

    def __init__(
        self, in_features: int, latent: int | None, likelihood: str, beta: float, free_bits: float,
        binarise: str | None, variance: str, samples: int,
    ):  # fmt: skip
        super().__init__()
        self.in_features = self.widest = whole("in_features", in_features, 1)
        self.latent = min(max(in_features // 8, 2), 20) if latent is None else whole("latent", latent, 1)
        self.likelihood = one_of("likelihood", likelihood, LIKELIHOODS)
        self.beta, self.free_bits = real("beta", beta, at_least=0), real("free_bits", free_bits, at_least=0)
        self.samples = whole("samples", samples, 1)
        gaussian = likelihood == "gaussian"
        how = one_of("binarise", binarise or (NONE if gaussian else "sampled"), BINARISE)
        if gaussian and how != NONE:
            raise UsageError(
                f"binarise={how} is for a Bernoulli likelihood; a Gaussian one is of any numbers"
            )
        self.binarise, self.draw = Binarise(how), Reparameterise()
        each = {"shared": 1, "each": self.in_features}[one_of("variance", variance, ("shared", "each"))]
        self.output_log_variance = nn.Parameter(torch.zeros(each)) if gaussian else None

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """The decoder's log variance begins at 0; layers draw themselves."""
        if self.output_log_variance is not None and not self.output_log_variance.is_meta:
            with torch.no_grad():
                self.output_log_variance.zero_()

    def log_variance(self) -> Tensor | None:
        """The log variance of a Gaussian decoder, (1,) or (D,); None of a Bernoulli one."""
        s = self.output_log_variance
        return None if s is None else s.clamp_min(LEAST).expand(self.in_features)

    def encode_distribution(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """μ and s = log σ² of q(z | v), both (N, latent), of inputs that are binary already."""
        h = self.encoder(v)
        return self.mean(h), self.spread(h)

    def encode(self, x: Tensor) -> Tensor:
        """The mean μ of q(z | x), (N, latent)."""
        return self.encode_distribution(self.binarise(self.flat(x)))[0]

    def decode(self, code: Tensor) -> Tensor:
        """The mean of p(x | z) for codes (N, latent): probabilities, or numbers."""
        if code.ndim != 2 or code.shape[1] != self.latent:
            raise UsageError(f"a code here has {self.latent} numbers; its shape is {tuple(code.shape)}")
        return self.means(self.decoder(code))

    def means(self, outputs: Tensor) -> Tensor:
        """What the decoder's outputs stand for."""
        return torch.sigmoid(outputs) if self.likelihood == "bernoulli" else outputs

    def forward(self, x: Tensor) -> Drawn:
        """The outputs for a code that is drawn, and what it was drawn from."""
        v = self.binarise(self.flat(x))
        mean, log_variance = self.encode_distribution(v)
        return Drawn(self.decoder(self.draw(mean, log_variance, v)), mean, log_variance, v)

    def log_weights(self, x: Tensor, samples: int) -> Tensor:
        """Log p(v, z)/q(z | v) of so many codes for each example, (N, samples)."""
        v = self.binarise(self.flat(x))
        return self._log_weights(v, *self.encode_distribution(v), samples)

    def _log_weights(self, v: Tensor, mean: Tensor, log_variance: Tensor, samples: int) -> Tensor:
        epsilon = row_normal(v, "codes", samples * self.latent).view(len(v), samples, self.latent)
        z = mean[:, None] + (log_variance / 2).exp()[:, None] * epsilon
        log_ratio = (epsilon.square() - z.square() + log_variance[:, None]).sum(2) / 2  # log p(z)/q(z | v)
        outputs = self.decoder(z.flatten(0, 1)).unflatten(0, z.shape[:2])
        return log_likelihood(outputs, v[:, None].expand(-1, samples, -1), self.log_variance()) + log_ratio

    def answers(self, x: Tensor) -> Tensor:
        """The mean of p(x | z = μ), the ELBO, the importance-weighted bound and the KL of each example."""
        rows = max(1, AT_ONCE // (self.samples * self.widest))
        return torch.cat([self._answers(part) for part in self.flat(x).split(rows)])

    def _answers(self, x: Tensor) -> Tensor:
        v = self.binarise(x)
        mean, log_variance = self.encode_distribution(v)
        log_w = self._log_weights(v, mean, log_variance, self.samples)
        beside = [log_w.mean(1), importance_bound(log_w), divergence_from_normal(mean, log_variance).sum(1)]
        return torch.cat([self.means(self.decoder(mean)), torch.stack(beside, 1)], 1)

    def full_loss(self, loss: Any) -> LossOfELBO:
        """The negative ELBO; UsageError for a loss that is not the likelihood's."""
        name, said = LOSSES[self.likelihood]
        if type(loss).__name__ != name:
            raise UsageError(f"a VAE with a {self.likelihood} likelihood learns by the loss {said}")
        return LossOfELBO(self)

    def flat(self, x: Tensor) -> Tensor:
        """Inputs as rows, (N, in_features); UsageError for others."""
        flat = x.flatten(1)
        if flat.shape[1] != self.in_features:
            raise UsageError(
                f"the autoencoder reads {self.in_features} numbers an example; the inputs' shape is "
                f"{tuple(x.shape)}"
            )
        return flat

    def extra_repr(self) -> str:
        """What the constructor was told, as far as it is not the default."""
        told = [f"latent={self.latent}", f"likelihood={self.likelihood!r}"]
        told += [f"beta={self.beta:g}"] if self.beta != 1 else []
        return ", ".join(told + ([f"free_bits={self.free_bits:g}"] if self.free_bits else []))
