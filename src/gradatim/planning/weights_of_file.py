"""`--weights FILE` and `--pretrained`, as an aid."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft
from gradatim.planning.starting_weights import PUBLISHED, begin_with
from gradatim.problems.problem import Problem

OF_PICTURES, OF_CLIPS, OF_MASKS = "resnet18", "r3d_18", "fcn_resnet50_tv"  # where no network is asked for
TARGET_AXES = 3  # of masks (N, H, W), and of boxes (N, M, 5)
ONLY_TORCH = "what a network begins with is read, frozen and given rates by this engine"


@dataclass(frozen=True)
class WeightsOfFile(Aid):
    """`--weights FILE` and `--pretrained`: a network of the catalogue begins with what a file holds."""

    place: str | Path  # the file, or PUBLISHED
    only_torch: ClassVar[str] = ONLY_TORCH

    def usual_model(self, draft: Draft) -> Any:
        """The network whose weights were published for such examples; None for weights of a file, and where
        there are none.
        """
        train = draft.train
        if self.place != PUBLISHED or not isinstance(getattr(train, "y", None), np.ndarray):
            return None
        if train.is_pictures and train.y.ndim == TARGET_AXES and train.y.dtype.kind == "f":
            return None  # boxes
        if train.is_pictures:
            return OF_MASKS if train.y.ndim == TARGET_AXES else OF_PICTURES
        return OF_CLIPS if train.is_clips else None

    def is_for_one(self, draft: Draft) -> bool:
        """Whether the weights are of one network: always."""
        return True

    def begin(self, draft: Draft) -> None:
        """Set the weights, and say where they came from, and that they may be of a twin of the network, whose
        names and shapes are the same.
        """
        from gradatim.models.weights import twin_sentence

        said = begin_with(draft.made, draft.entry, self.place)
        draft.choices = draft.choices | {"weights": said}
        if twin := twin_sentence(draft.made):
            draft.notice(twin)

    def set_weights(self, network: Any, entry: dict[str, Any], problem: Problem) -> str:
        """Set the file's, and say where they came from and what stays as it was drawn."""
        return begin_with(network, entry, self.place)

    def record(self) -> dict[str, Any]:
        """What finds them again: PUBLISHED, or a whole path."""
        place = self.place
        return {"weights": place if place == PUBLISHED else str(Path(place).resolve())}
