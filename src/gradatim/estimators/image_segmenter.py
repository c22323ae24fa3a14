"""The recipe for pictures with masks, with scikit-learn's interface."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.masks import COLOUR, check_void, void_notice
from gradatim.data.picture_lists import masks_in_one_size, masks_of, sizes_of
from gradatim.data.sources.mask_folder import LARGEST
from gradatim.estimators.arguments import keep
from gradatim.estimators.picture_network import PictureNetwork
from gradatim.estimators.table_examples import required
from gradatim.functional.void import VOID, known_pixels
from gradatim.problems.measures import confusion_counts, intersection_over_union
from gradatim.runs.own_size import OwnSize


class ImageSegmenter(PictureNetwork):
    """A network that gives every pixel a class, by the recipe of `gradatim train`, without a run folder.

        p = softmax(f(x; θ)) at each pixel;   score = (1/K) Σ_k |ŷ = k and y = k| / |ŷ = k or y = k|

    X is an array (N, H, W), (N, H, W, C) or (N, C, H, W) of bytes or numbers, or a list of files' names or of
    pillow's images of any size; y are masks (N, H, W), or a list of arrays (h, w), files' names or images,
    each in the size of its picture. A value of a mask is a class, of coloured masks a colour as #rrggbb;
    `void` is the one whose pixels are not known, or "none", and where it is None 255 beside 0, 1, … without a
    gap. An array is answered by an array, a list by a list of masks, each in the size of its own picture.

    Parameters: those of `ImageClassifier`; with `tiles` pictures of a list that are larger than those learned
    from are read at their own size, piece by piece, and otherwise made smaller.

    Learned: `classes_`, the values; `void_`, that of pixels that are not known, or None; `network_`,
    `choices_`, `input_shape_`, `n_features_in_`, `n_iter_`, `loss_curve_`, `loss_`. `score` is the mean IoU
    over all known pixels.

    Raises UsageError for an argument, pictures and masks that cannot be, naming them; NonFiniteLoss naming
    step and layer.

    >>> X = np.zeros((8, 8, 8), np.uint8)
    >>> X[:, 2:6, 2:6] = 200
    >>> model = ImageSegmenter(max_iter=10, validation_fraction=0, random_state=0).fit(X, (X > 0) * 255)
    >>> model.predict(X[:1]).shape, model.classes_.tolist()
    ((1, 8, 8), [0, 255])
    """

    task: ClassVar[str] = "segmentation"
    largest: ClassVar[int] = LARGEST
    tiles: bool
    void: Any

    def __init__(
        self, model: Any = None, *, augment: str | None = None, pretrained: Any = False,
        input_size: Any = None, learning_rate_init: float | None = None, batch_size: int | None = None,
        max_iter: int | None = None, validation_fraction: float = 0.1, max_minutes: float | None = None,
        tiles: bool = False, void: Any = None, random_state: Any = None, n_jobs: int | None = None,
        device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any, groups: Any = None) -> "ImageSegmenter":
        """Train on X, N pictures, and y, their masks."""
        settings = self._settings()
        y = required(self, y)
        found, places = self._to_learn(X)
        _check_count(X, y)
        if places is None:
            sizes = [found.x.shape[2:]] * len(found.x)
        else:
            y, sizes = [y[number] for number in found.kept], sizes_of(places, found.kept)
        numbers, names, void = masks_in_one_size(masks_of(y, sizes), found.x.shape[2:], self.void)
        files = () if places is None else tuple(str(places[number]) for number in found.kept)
        odd = (one.replace("--void none", 'void="none"') for one in void_notice(numbers, void, self.void))
        notices = (*found.notices, *odd)
        examples = Dataset(found.x, numbers, names, task=self.task, files=files, notices=notices, void=void)
        check_void(self.void, examples)
        self._learn(examples, settings, groups, found.kept)
        held = getattr(y, "dtype", None) if places is None else None
        self.void_ = void
        self.classes_ = np.array(names) if held is None else np.array(names).astype(held)
        return self

    def predict(self, X: Any) -> Any:
        """The mask of each picture in the values that were learned: (N, H, W), or a list of (h, w)."""
        answers, is_list = self._answers(X)
        found = [self.classes_[a.argmax(0)] for a in answers]
        return found if is_list else np.stack(found)

    def predict_proba(self, X: Any) -> Any:
        """Every class's probability at every pixel: (N, K, H, W), or a list of (K, h, w)."""
        answers, is_list = self._answers(X)
        found = [self._trained.problem.predictions(a[None])[0] for a in answers]
        return found if is_list else np.stack(found)

    def score(self, X: Any, y: Any) -> float:
        """The mean over classes of intersection over union, of all known pixels of all pictures."""
        answers, _ = self._answers(X)
        _check_count(X, y)
        counts = sum(
            self._counts(self._numbers(*mask, number), a.argmax(0))
            for number, (mask, a) in enumerate(
                zip(masks_of(y, [a.shape[1:] for a in answers]), answers, strict=True)
            )
        )
        if not np.any(counts):
            raise UsageError("no pixel of the masks is known: there is nothing to compare answers with")
        return float(np.nanmean(intersection_over_union(np.asarray(counts))))

    def _counts(self, true: np.ndarray, answer: np.ndarray) -> np.ndarray:
        known = known_pixels(true)
        return confusion_counts(true[known], answer[known], len(self.classes_))

    def _answers(self, X: Any) -> tuple[Sequence[np.ndarray], bool]:
        """The outputs (K, h, w) for each picture, and whether a list was given."""
        examples, places = self._to_ask(X)
        a = self._outputs(examples)
        if places is None:
            return list(a), False
        own = OwnSize(self._trained, tuple(places), bool(self.tiles))
        return [own.outputs(number, one) for number, one in enumerate(a)], True

    def _numbers(self, values: np.ndarray, has_colours: bool, mask: int) -> np.ndarray:
        """The class number of each pixel, VOID where it is not known; UsageError for a value that was not
        learned.
        """
        known = {name: number for number, name in enumerate(self.classes_.tolist())}
        are_colours = any(isinstance(name, str) for name in known)
        if self.void_ is not None:
            known[self.void_] = VOID
        found = np.zeros(values.shape, np.int64)
        for value in np.unique(values).tolist():
            name = COLOUR.format(value if has_colours else value * 0x010101) if are_colours else value
            if name not in known or (has_colours and not are_colours):
                raise UsageError(
                    f"y[{mask}] holds the value {name}, which was not learned; those are "
                    f"{', '.join(map(str, self.classes_.tolist()))}"
                )
            found[values == value] = known[name]
        return found


def _check_count(X: Any, y: Any) -> None:
    """Raise UsageError for another number of masks than of pictures."""
    if hasattr(y, "__len__") and not isinstance(y, str | bytes) and len(X) != len(y):
        raise UsageError(f"{len(X):,} pictures but {len(y):,} masks")
