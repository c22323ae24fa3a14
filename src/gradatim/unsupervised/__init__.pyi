"""Ways of learning without targets, each a Loop."""

from gradatim.unsupervised.rbm import ContrastiveDivergence as ContrastiveDivergence
from gradatim.unsupervised.rbm import cd_gradient as cd_gradient
from gradatim.unsupervised.som import SOMTraining as SOMTraining
