"""Ways of learning without targets, each a Loop."""

from gradatim.unsupervised.annealing import annealed_log_partition as annealed_log_partition
from gradatim.unsupervised.autoencoder_pretraining import AutoencoderPretraining as AutoencoderPretraining
from gradatim.unsupervised.autoencoders import AutoencoderTraining as AutoencoderTraining
from gradatim.unsupervised.contrast import cd_gradient as cd_gradient
from gradatim.unsupervised.dbn_to_mlp import dbn_to_mlp as dbn_to_mlp
from gradatim.unsupervised.deep_belief import DeepBelief as DeepBelief
from gradatim.unsupervised.deep_belief import samples_of_class as samples_of_class
from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence as GaussianContrastiveDivergence
from gradatim.unsupervised.gibbs import gibbs_samples as gibbs_samples
from gradatim.unsupervised.kmeans_codes import kmeans_centres as kmeans_centres
from gradatim.unsupervised.kmeans_codes import kmeans_hard as kmeans_hard
from gradatim.unsupervised.kmeans_codes import kmeans_triangle as kmeans_triangle
from gradatim.unsupervised.latent import decode as decode
from gradatim.unsupervised.latent import encode as encode
from gradatim.unsupervised.latent import interpolate as interpolate
from gradatim.unsupervised.latent import latent_map as latent_map
from gradatim.unsupervised.latent import sample as sample
from gradatim.unsupervised.pretraining import Pretraining as Pretraining
from gradatim.unsupervised.rbm import ContrastiveDivergence as ContrastiveDivergence
from gradatim.unsupervised.som import SOMTraining as SOMTraining
from gradatim.unsupervised.sparse_codes import soft_threshold_code as soft_threshold_code
from gradatim.unsupervised.sparse_codes import sparse_code as sparse_code
from gradatim.unsupervised.sparse_codes import sparse_dictionary as sparse_dictionary
from gradatim.unsupervised.up_down import UpDown as UpDown
from gradatim.unsupervised.up_down import up_down_gradients as up_down_gradients
from gradatim.unsupervised.vae import VAETraining as VAETraining
