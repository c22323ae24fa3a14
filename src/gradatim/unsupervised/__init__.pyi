"""Ways of learning without targets, each a Loop."""

from gradatim.unsupervised.annealing import annealed_log_partition as annealed_log_partition
from gradatim.unsupervised.autoencoders import AutoencoderTraining as AutoencoderTraining
from gradatim.unsupervised.contrast import cd_gradient as cd_gradient
from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence as GaussianContrastiveDivergence
from gradatim.unsupervised.gibbs import gibbs_samples as gibbs_samples
from gradatim.unsupervised.latent import decode as decode
from gradatim.unsupervised.latent import encode as encode
from gradatim.unsupervised.latent import interpolate as interpolate
from gradatim.unsupervised.latent import latent_map as latent_map
from gradatim.unsupervised.latent import sample as sample
from gradatim.unsupervised.rbm import ContrastiveDivergence as ContrastiveDivergence
from gradatim.unsupervised.som import SOMTraining as SOMTraining
from gradatim.unsupervised.vae import VAETraining as VAETraining
