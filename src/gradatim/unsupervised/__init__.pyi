"""Ways of learning without targets, each a Loop."""

from gradatim.unsupervised.annealing import annealed_log_partition as annealed_log_partition
from gradatim.unsupervised.contrast import cd_gradient as cd_gradient
from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence as GaussianContrastiveDivergence
from gradatim.unsupervised.gibbs import gibbs_samples as gibbs_samples
from gradatim.unsupervised.kmeans_codes import kmeans_centres as kmeans_centres
from gradatim.unsupervised.kmeans_codes import kmeans_hard as kmeans_hard
from gradatim.unsupervised.kmeans_codes import kmeans_triangle as kmeans_triangle
from gradatim.unsupervised.rbm import ContrastiveDivergence as ContrastiveDivergence
from gradatim.unsupervised.som import SOMTraining as SOMTraining
from gradatim.unsupervised.sparse_codes import soft_threshold_code as soft_threshold_code
from gradatim.unsupervised.sparse_codes import sparse_code as sparse_code
from gradatim.unsupervised.sparse_codes import sparse_dictionary as sparse_dictionary
