"""What a network saw of some training pictures in its first epochs, by seed, epoch and number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradatim.data.augmentation.policies import in_full, operations_of
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.explain.outlines import outline
from gradatim.problems.evidence import Evidence
from gradatim.runs.asking import dtype_of
from gradatim.runs.trained import Trained
from gradatim.training.batches.layout import BatchSettings

if TYPE_CHECKING:
    from gradatim.data.augmentation.augmentation import Augmentation

PICTURES, EPOCHS = 8, 5
EDGE = (255, 60, 30)  # between the classes of a mask, and around an object


@dataclass(frozen=True)
class AugmentedPictures(Evidence):
    """Training pictures as bytes (R, 1 + E, C, H, W): as they are, and as they were seen in E epochs.

    Of a clip the first, the middle and the last frame stand side by side. `names` says of each of the R which
    it is, `answers` what its target was each time, empty where it does not change.
    """

    section: ClassVar[str] = "augmented_pictures"
    policy: str
    names: Sequence[str]
    seen: np.ndarray
    answers: Sequence[Sequence[str]]


def seen_in_training(trained: Trained, train: Any, settings: dict[str, Any]) -> AugmentedPictures | None:
    """The sheet of a run; None where nothing was augmented, or the training pictures are not at hand."""
    policy = settings.get("augment")
    if not policy or train is None or not operations_of(policy):
        return None
    import torch

    from gradatim.data.augmentation.augmentation import Augmentation

    data = trained.encoder.prepare(train, trained.problem, dtype_of(trained))
    augmentation = Augmentation(
        policy, settings.get("seed") or 0, _tensors(data.x),
        torch.from_numpy(np.ascontiguousarray(data.y)),
    )  # fmt: skip
    names = trained.problem.names
    if augmentation.mixes and np.issubdtype(data.y.dtype, np.integer) and data.y.ndim == 1:
        augmentation.classes = max(len(names), int(data.y.max()) + 1)
    rows = _shown(data.y)
    epochs = min(EPOCHS, settings.get("epochs") or EPOCHS)
    clean = (augmentation.x[rows], augmentation.y[rows], None)
    every = [clean, *(augmentation(epoch, rows) for epoch in range(epochs))]
    drawn = np.stack([_side_by_side(_own_units(trained, x.numpy())) for x, _, _ in every], 1)
    low, high = float(drawn[:, 0].min()), float(drawn[:, 0].max())
    seen = np.rint((drawn.clip(low, high) - low) * (255 / ((high - low) or 1.0))).astype(np.uint8)
    if augmentation.has_masks:
        seen = _outlined(seen, np.stack([y.numpy() for _, y, _ in every], 1))
    if augmentation.has_boxes:
        seen = _framed(seen, np.stack([y.numpy() for _, y, _ in every], 1))
    return AugmentedPictures(
        in_full(policy), _names(data, rows, names), seen, _answers(augmentation, every[1:], names)
    )


def _tensors(x: Any) -> Any:
    """Pictures as tensors; streamed ones are decoded where they are indexed."""
    import torch

    if not isinstance(x, StreamedExamples):
        return torch.from_numpy(np.ascontiguousarray(x))
    from gradatim.training.batches.torch_streamed import TensorsOfFiles

    dtype = torch.float64 if x.dtype == np.float64 else torch.float32
    return TensorsOfFiles(x, BatchSettings(1, 0, torch.device("cpu"), dtype))


def _shown(y: np.ndarray) -> np.ndarray:
    """The rows of a few pictures: of every class as many as of another, or else evenly over all.

    >>> _shown(np.array([0] * 100 + [1] * 100)).tolist()
    [0, 1, 2, 3, 100, 101, 102, 103]
    """
    if y.ndim > 1 or not np.issubdtype(y.dtype, np.integer):
        return np.unique(np.linspace(0, len(y) - 1, PICTURES).astype(np.int64))
    earlier = np.zeros(len(y), dtype=np.int64)  # pictures of the same class before each
    for k in np.unique(y):
        earlier[y == k] = np.arange((y == k).sum())
    return np.sort(np.argsort(earlier, kind="stable")[:PICTURES])


def _own_units(trained: Trained, x: np.ndarray) -> np.ndarray:
    """Pictures as they were before they were scaled."""
    return trained.encoder.in_own_units(x.reshape(len(x), -1).astype(np.float64)).reshape(x.shape)


def _side_by_side(x: np.ndarray) -> np.ndarray:
    """Three frames of each clip (N, C, T, H, W) as one picture (N, C, H, 3 W); pictures as they are."""
    if x.ndim == 4:
        return x
    return np.concatenate([x[:, :, t] for t in (0, x.shape[2] // 2, -1)], axis=-1)


def _names(data: Any, rows: np.ndarray, names: tuple) -> list[str]:
    """The class of each picture, where it has one, or its file's name, or its number."""
    if names and data.y.ndim == 1 and np.issubdtype(data.y.dtype, np.integer):
        return [str(names[data.y[row]]) for row in rows]
    return [data.files[row] if data.files else f"training row {row}" for row in rows]


def _answers(augmentation: "Augmentation", seen: list[tuple], names: tuple) -> list[list[str]]:
    """Each picture's classes and their shares, where examples are mixed; else nothing."""
    if not augmentation.mixes or not len(names) or seen[0][1].ndim > 2:
        return []
    targets = np.stack([y.numpy() for _, y, _ in seen], 1)  # (R, E, K)
    if targets.ndim == 2:
        targets = np.stack([1 - targets, targets], 2)
    return [[_shares(one, names) for one in row] for row in targets]


def _shares(shares: np.ndarray, names: tuple) -> str:
    """The classes that have a part, the largest first.

    >>> _shares(np.array([0.25, 0.75, 0.0]), ("ant", "bee", "fly"))
    '75 % bee, 25 % ant'
    """
    order = [k for k in np.argsort(-shares, kind="stable") if shares[k] >= 0.005]
    return ", ".join(f"{100 * shares[k]:.0f} % {names[k]}" for k in order)


def _outlined(seen: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Pictures (R, E, C, H, W) in colours, with an edge between the classes of their masks (R, E, H, W)."""
    edge = np.array([[outline(mask) for mask in row] for row in masks])
    coloured = np.repeat(seen, 3, 2) if seen.shape[2] == 1 else seen
    half = coloured // 2 + np.array(EDGE, dtype=np.uint8)[:, None, None] // 2  # the picture shows through
    return np.where(edge[:, :, None], half, coloured)


def _framed(seen: np.ndarray, objects: np.ndarray) -> np.ndarray:
    """Pictures (R, E, C, H, W) in colours, with a frame around their objects (R, E, M, 5)."""
    height, width = seen.shape[3:]
    drawn = np.repeat(seen, 3, 2) if seen.shape[2] == 1 else seen.copy()
    for picture, some in zip(drawn.reshape(-1, 3, height, width), objects.reshape(-1, *objects.shape[2:]),
                             strict=True):  # fmt: skip
        for box in some[some[:, 4] >= 0, :4]:
            left, top, right, bottom = np.rint(box * [width, height, width, height]).astype(int)
            right, bottom = max(right, left + 1), max(bottom, top + 1)
            inner = picture[:, top:bottom, left:right]
            for edge in (inner[:, 0], inner[:, -1], inner[:, :, 0], inner[:, :, -1]):
                edge[:] = np.array(EDGE, dtype=np.uint8)[:, None]
    return drawn
