"""Weights to begin with: a file's, or those that torchvision published."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft

PUBLISHED = "published"  # instead of a file
ONLY_TORCH = "what a network begins with is read, frozen and given rates by this engine"


@dataclass(frozen=True)
class WeightsOfFile(Aid):
    """`--weights FILE` and `--pretrained`: a network of the catalogue begins with what a file holds."""

    place: str | Path  # the file, or PUBLISHED
    only_torch: ClassVar[str] = ONLY_TORCH

    def is_for_one(self, draft: Draft) -> bool:
        """Whether the weights are of one network: always."""
        return True

    def begin(self, draft: Draft) -> None:
        """Set the weights, and say where they came from, and that they may be of a twin of the network, whose
        names and shapes are the same.
        """
        from gradatim.models.weights import twin_sentence

        draft.choices = draft.choices | {"weights": begin_with(draft.made, draft.entry, self.place)}
        if said := twin_sentence(draft.made):
            draft.notice(said)

    def record(self) -> dict[str, Any]:
        """What finds them again: PUBLISHED, or a whole path."""
        place = self.place
        return {"weights": place if place == PUBLISHED else str(Path(place).resolve())}


def begin_with(network: Any, entry: dict[str, Any] | None, weights: str | Path) -> str:
    """Set a network's weights; a sentence on where they came from and what stayed as it was drawn."""
    from gradatim.models.pretrained import published_weights
    from gradatim.models.weights import read_weights, set_weights

    if entry is None:
        raise UsageError("a network of your own comes with its weights; --weights is for the catalogue's")
    path = published_weights(entry["name"]) if weights == PUBLISHED else Path(weights)
    kept = set_weights(network, read_weights(path), f"the weights in {path}")
    return f"{path}; {kept}" if kept else str(path)


def weights_source(weights: str | Path | None, pretrained: bool) -> str | Path | None:
    """The file, or PUBLISHED; UsageError for both."""
    if pretrained and weights is not None:
        raise UsageError("--pretrained and --weights both name weights to begin with: give one")
    return PUBLISHED if pretrained else weights
