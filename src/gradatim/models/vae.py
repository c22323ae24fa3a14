"""The variational autoencoder."""

from collections.abc import Sequence

from gradatim.models.dense_stack import NONE, dense_stack, elementwise, sizes_of
from gradatim.models.gaussian_code import GaussianCode
from gradatim.models.mlp import INIT
from gradatim.nn.dense import Dense


class VAE(GaussianCode):
    """Variational autoencoder (Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014; curriculum F5).

        q(z | x) = N(μ(x), exp(s(x))),   z = μ + exp(s/2) ε,   p(x | z) Bernoulli or Gaussian,  p(z) = N(0, I)
        log p(x) ≥ ELBO = E_q log p(x | z) − KL(q‖p)

    Bernoulli outputs are logits of inputs from [0, 1]; Gaussian ones means, with one learned variance for all
    inputs ("shared"; Rybkin, Daniilidis & Levine 2021) or one for each, a deviation of 0.01 at least.

    Shapes: x (N, …) of in_features numbers an example → `Drawn`; `encode` x → μ (N, latent), `decode` z
    (N, latent) → the mean of p(x | z), (N, in_features); `answers` x → (N, in_features + 3), that mean at
    z = μ, then the ELBO, the importance-weighted bound (Burda et al. 2016), both by `samples` codes, and the
    KL, in nats.

    Parameters: `hidden`, the encoder's units in front of μ and s; `decoder`, those behind z, mirrored when
    None; `latent`, the size of z. `beta` and `free_bits` as in `LossOfELBO`. `binarise`, what Bernoulli
    inputs become, none, threshold or sampled (when None), see `Binarise`.

    Raises UsageError for an argument that cannot be, and for other inputs.

    >>> import torch
    >>> net = VAE(6, hidden=[8], latent=2).eval()
    >>> net.answers(torch.ones(3, 6)).shape, net.decode(torch.zeros(1, 2)).shape
    (torch.Size([3, 9]), torch.Size([1, 6]))
    """

    def __init__(
        self, in_features: int, hidden: Sequence[int] | None = None, latent: int | None = None,
        decoder: Sequence[int] | None = None, activation: str = "relu", likelihood: str = "bernoulli",
        beta: float = 1.0, free_bits: float = 0.0, binarise: str | None = None, variance: str = "shared",
        samples: int = 50, init: str | None = None,
    ):  # fmt: skip
        super().__init__(in_features, latent, likelihood, beta, free_bits, binarise, variance, samples)
        self.units = [20 * self.latent] if hidden is None else sizes_of("hidden", hidden)
        back = self.units[::-1] if decoder is None else sizes_of("decoder", decoder, at_least=0)
        self.activation = elementwise("activation", activation)
        first = init or INIT.get(activation, "xavier_uniform")
        widths = [self.in_features, *self.units]
        self.encoder = dense_stack(widths, [activation] * len(self.units), [first])
        self.mean = Dense(widths[-1], self.latent, init="xavier_uniform")
        self.spread = Dense(widths[-1], self.latent, init="xavier_uniform")
        ways = [activation] * len(back) + [NONE]
        self.decoder = dense_stack([self.latent, *back, self.in_features], ways, [first, "xavier_uniform"])
