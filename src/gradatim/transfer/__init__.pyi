"""From one problem to another: what a network has learned is where the next one begins."""

from gradatim.transfer.fine_tuning import FineTuning as FineTuning
from gradatim.transfer.fine_tuning import GradualUnfreezing as GradualUnfreezing
from gradatim.transfer.layers import layers_of as layers_of
from gradatim.transfer.net2net import grow as grow
