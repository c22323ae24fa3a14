"""Every aid that settings or data can ask for, in the order in which the stages ask them."""

from gradatim.planning.adaptation import Adaptation
from gradatim.planning.aid import Aid
from gradatim.planning.augmentation import PictureAugmentation
from gradatim.planning.fine_tuning import FineTuning
from gradatim.planning.picture_streaming import PictureStreaming
from gradatim.planning.pretraining import LayerPretraining
from gradatim.planning.word_vectors import StartingVectors

AIDS: tuple[type[Aid], ...] = (
    LayerPretraining, Adaptation, StartingVectors, FineTuning, PictureAugmentation, PictureStreaming,
)  # fmt: skip
