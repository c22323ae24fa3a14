"""From one problem to another: weights of examples, shared components, fine-tuning, domains made alike."""

from gradatim.transfer.adversarial import DomainAdversarial as DomainAdversarial
from gradatim.transfer.adversarial import DomainClassifier as DomainClassifier
from gradatim.transfer.alignment import DomainAlignment as DomainAlignment
from gradatim.transfer.component_analysis import transfer_components as transfer_components
from gradatim.transfer.component_analysis import transfer_features as transfer_features
from gradatim.transfer.density_ratio import effective_sample_size as effective_sample_size
from gradatim.transfer.density_ratio import importance_weights as importance_weights
from gradatim.transfer.density_ratio import logistic_ratio as logistic_ratio
from gradatim.transfer.density_ratio import ulsif as ulsif
from gradatim.transfer.discrepancies import coral_loss as coral_loss
from gradatim.transfer.discrepancies import mmd_loss as mmd_loss
from gradatim.transfer.fine_tuning import FineTuning as FineTuning
from gradatim.transfer.fine_tuning import GradualUnfreezing as GradualUnfreezing
from gradatim.transfer.layers import layers_of as layers_of
from gradatim.transfer.mean_matching import kernel_mean_matching as kernel_mean_matching
from gradatim.transfer.net2net import grow as grow
from gradatim.transfer.overlap import separability as separability
from gradatim.transfer.selection import deep_embedded_validation as deep_embedded_validation
from gradatim.transfer.selection import reverse_validation as reverse_validation
from gradatim.transfer.similarity import linear_probe_gain as linear_probe_gain
from gradatim.transfer.similarity import mmd as mmd
from gradatim.transfer.similarity import proxy_a_distance as proxy_a_distance
from gradatim.transfer.strength import strength as strength
