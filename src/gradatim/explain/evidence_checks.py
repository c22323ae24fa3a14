"""Whether evidence that was read from a file can be shown: fields by their annotations, and lengths."""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.rolls import KEYS, STEPS, roll_of_text
from gradatim.data.tables.inputs import KINDS
from gradatim.explain.augmented_pictures import AugmentedPictures
from gradatim.explain.column_evidence import Columns
from gradatim.explain.data_evidence import Listing
from gradatim.explain.dependence import SHAPES, Effect
from gradatim.explain.word_evidence import Words
from gradatim.nn.unit_grid import TOPOLOGIES
from gradatim.problems.evidence import (
    Alignment,
    Answers,
    AttendedPlaces,
    BoxPairs,
    ByClass,
    Calibration,
    Confusion,
    Coverage,
    Evidence,
    Example,
    Forecast,
    MaskPairs,
    MetricTable,
    Misses,
    Mistakes,
    OfExamples,
    OneBoxPairs,
    PieceRolls,
    Ranking,
    Reconstructions,
    Residuals,
    RollSamples,
    Samples,
    TaggedWords,
    TaskMeasures,
    TrainedMap,
    WordSamples,
)
from gradatim.problems.nearest_words import NearestWords
from gradatim.problems.ranked import Ranked
from gradatim.record_checks import is_number, require

NEEDED = {  # the measures that the headline of an evidence says
    Residuals: ("rmse", "r2"),
    Samples: ("bits_per_character",),
    PieceRolls: ("nll_per_frame", "accuracy"),
    WordSamples: ("perplexity",),
    Forecast: ("mae", "interval_coverage"),
    Reconstructions: ("variance_explained", "reconstruction_error"),
    MaskPairs: ("pixel_accuracy", "mean_iou"),
    BoxPairs: ("map", "map_50"),
    OneBoxPairs: ("mean_iou", "accuracy"),
    TrainedMap: ("quantisation_error", "topographic_error"),
    NearestWords: ("context_above_noise",),
}
BOX_PAIRS = ("rows", "true", "true_classes", "predicted", "predicted_classes", "scores")
ALIKE = {  # the fields that are as long as each other
    Mistakes: ("rows", "true", "predicted", "probability", "probability_of_true"),
    Misses: ("rows", "told"),
    Answers: ("rows", "said", "references"),
    Alignment: ("rows", "read", "said", "weights"),
    AttendedPlaces: ("rows", "words", "weights"),
    Reconstructions: ("rows", "x", "again"),
    MaskPairs: ("rows", "true", "predicted", "iou"),
    BoxPairs: BOX_PAIRS,
    OneBoxPairs: BOX_PAIRS,
    Coverage: ("nominal", "shares", "widths"),
    PieceRolls: ("nats", "names"),
    Forecast: ("mae", "coverage", "true", "predicted", "low", "high"),
    Calibration: ("p", "came_true"),
    ByClass: ("right", "answered", "support", "names"),
    TaskMeasures: ("names", "counts"),
    TaggedWords: ("words", "counts", "wrong", "true", "predicted"),
    MetricTable: ("names", "valid", "judged"),
    Ranked: ("thresholds", "tp", "fp"),
    Words: ("classes", "words"),
    NearestWords: ("words", "near", "cosines"),
}


def check_evidence(evidence: Sequence[Any], metrics: dict[str, float]) -> None:
    """GradatimError naming what cannot be shown."""
    for place, one in enumerate(evidence):
        entry = f"evidence[{place}]"
        require(isinstance(one, Evidence), entry, "a finding", one)
        check_record(one, entry)
        for name in NEEDED.get(type(one), ()):
            require(name in metrics, f"metrics.{name}", "a number, which the page says", None)


def check_record(record: Any, entry: str) -> None:
    """A record's fields are what they are annotated to be, and fit each other."""
    hints = get_type_hints(type(record))
    for one in fields(record):
        inside = f"{entry}.{one.name}"
        check_value(getattr(record, one.name), hints[one.name], inside)
    lengths = {name: len(getattr(record, name)) for name in ALIKE.get(type(record), ())}
    require(len(set(lengths.values())) < 2, entry, "lists of one length", lengths)
    if isinstance(record, OfExamples) and record.examples:
        wanted = f"as many as the {len(record.rows)} rows"
        require(len(record.examples) == len(record.rows), f"{entry}.examples", wanted, record.examples)
    for fits, wanted in FITS.get(type(record), ()):
        require(fits(record), entry, wanted, record)


def check_value(value: Any, hint: Any, entry: str) -> None:
    """A value is what an annotation says."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is UnionType:
        if value is None and NoneType in inside:
            return
        check_value(value, next(one for one in inside if one is not NoneType), entry)
    elif hint in PLAIN:
        wanted, fits = PLAIN[hint]
        require(fits(value), entry, wanted, value)
    elif isinstance(hint, type) and is_dataclass(hint):
        require(isinstance(value, hint), entry, f"a record {hint.__name__}", value)
        check_record(value, entry)
    elif origin is dict:
        require(isinstance(value, dict), entry, "values by name", value)
        for one in value.values():
            require(_is_plain(one), entry, "values by name", value)
    elif origin is tuple and inside[-1] is not Ellipsis:
        require(isinstance(value, list | tuple) and len(value) == len(inside), entry, "a pair", value)
        for one, of in zip(value, inside, strict=True):
            check_value(one, of, entry)
    else:
        require(isinstance(value, list | tuple), entry, "a list", value)
        for place, one in enumerate(value):
            check_value(one, inside[0], f"{entry}[{place}]")


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | float) or is_number(value)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


PLAIN: dict[Any, tuple[str, Callable[[Any], bool]]] = {
    int: ("a whole number of at least 0", lambda v: is_number(v) and isinstance(v, int) and v >= 0),
    float: ("a number", lambda v: isinstance(v, float) or is_number(v)),
    bool: ("true or false", lambda v: isinstance(v, bool)),
    str: ("a text", lambda v: isinstance(v, str)),
    tuple: ("a list of names", lambda v: isinstance(v, tuple) and all(map(_is_plain, v))),
    np.ndarray: ("an array of numbers", _are_numbers),
}


def _is_picture(example: Example) -> bool:
    return example.picture is None or (example.picture.ndim == 3 and example.picture.shape[0] in (1, 3))


def _is_matrix(counts: np.ndarray) -> bool:
    return counts.ndim == 2 and counts.shape[0] == counts.shape[1] and counts.sum() > 0


def _is_roll(text: str) -> bool:
    try:
        return len(roll_of_text(text)) > 0
    except UsageError:
        return False


def _is_aligned(one: Alignment) -> bool:
    shapes = [(len(said), len(read)) for said, read in zip(one.said, one.read, strict=True)]
    return [weights.shape for weights in one.weights] == shapes


def _labels_fit(effect: Effect) -> bool:
    return len(effect.labels) == len(effect.grid) or (effect.is_numeric and not effect.labels)


def _is_sheet(one: AugmentedPictures) -> bool:
    shape, answers = one.seen.shape, one.answers
    drawn = len(shape) == 5 and one.seen.dtype == np.uint8 and shape[2] in (1, 3) and 0 not in shape
    known = not answers or len(answers) == shape[0] == sum(len(row) == shape[1] - 1 for row in answers)
    return drawn and shape[1] > 1 and len(one.names) == shape[0] and known


FITS: dict[type, tuple[tuple[Callable[[Any], bool], str], ...]] = {
    AugmentedPictures: ((_is_sheet, "pictures as bytes in rows of one length, with a name for each row"),),
    Listing: ((lambda e: all(len(row) == len(e.head) for row in e.rows), "a cell under each name"),),
    Example: (
        (_is_picture, "a picture of one or three channels"),
        (lambda e: e.lines is None or (e.lines.ndim == 2 and e.lines.size > 0), "lines (L, D)"),
    ),
    Confusion: ((lambda e: _is_matrix(e.counts), "counts of as many rows as columns"),),
    ByClass: ((lambda e: e.right.ndim == 1 and e.support.sum() > 0, "counts of some examples"),),
    Ranked: (
        (lambda e: e.tp.ndim == 1 and len(e.tp) > 0, "lists of numbers"),
        (lambda e: e.positives > 0 and e.negatives > 0, "examples of the class and others"),
        (lambda e: (e.tp + e.fp).min() > 0, "at least one answer at each threshold"),
    ),
    NearestWords: (
        (lambda e: e.places.shape == (len(e.drawn), 2) and len(e.drawn) > 0, "a place for each word"),
        (lambda e: all(len(a) == len(b) for a, b in zip(e.near, e.cosines, strict=True)), "a cosine a word"),
    ),
    Ranking: ((lambda e: len(e.classes) > 0, "of some classes"),),
    Calibration: ((lambda e: e.p.ndim == e.came_true.ndim == 1 and len(e.p) > 0, "lists of numbers"),),
    Misses: (
        (lambda e: all(told.keys() == e.told[0].keys() for told in e.told), "told alike of each example"),
    ),
    Alignment: ((_is_aligned, "a weight of each unit that was read at each that was said"),),
    Residuals: (
        (lambda e: e.true.ndim == 2 and e.true.shape == e.predicted.shape, "as many predictions as truths"),
        (lambda e: len(e.names) == e.true.shape[1], "a name for each column of numbers"),
    ),
    Coverage: (
        (lambda e: all(len(one) == len(e.names) for one in e.widths), "a width of each name"),
    ),
    Forecast: ((lambda e: e.mae.ndim == e.past.ndim == 1 and len(e.mae) > 0, "lists of numbers"),),
    Reconstructions: ((lambda e: e.x.shape == e.again.shape, "as many numbers of each as of its input"),),
    MaskPairs: (
        (lambda e: e.true.ndim == 3 and e.true.shape == e.predicted.shape, "masks of the same size"),
        (lambda e: len(e.names) == len(e.shares), "a share of each name"),
        (lambda e: all(one.min() >= 0 and one.max() < len(e.names) for one in (e.true, e.predicted)),
         "masks of known classes"),
    ),
    BoxPairs: (
        (lambda e: all(one.ndim == 2 and one.shape[1] == 4 for one in (*e.true, *e.predicted)), "boxes"),
        (lambda e: len(e.size) == 2, "of pictures of a height and a width"),
    ),
    PieceRolls: (
        (lambda e: len(e.names) > 0 and e.step in STEPS, "of some pieces, in frames of a known step"),
        (lambda e: e.true.shape == e.p.shape and e.true.shape[1:] == (KEYS,), "rolls of 88 keys"),
    ),
    RollSamples: ((lambda e: all(_is_roll(text) for _, text in e.stages), "rolls as texts"),),
    TrainedMap: (
        (lambda e: e.topology in TOPOLOGIES, "of a known topology"),
        (lambda e: e.places.ndim == e.u_matrix.ndim == 2 and e.places.shape[1] == 2, "places of units"),
        (lambda e: bool((e.places >= 0).all() and (e.places < e.u_matrix.shape).all()), "places on the map"),
        (lambda e: len(e.classes) in (0, len(e.places)), "a class of each place"),
    ),
    Effect: (
        (lambda e: e.kind in KINDS and len(e.grid) > 0, "of a kind of column, with values"),
        (_labels_fit, "a label for each value"),
        (lambda e: 0 < len(e.answers) <= len(SHAPES), f"1 to {len(SHAPES)} answers"),
        (lambda e: all(len(one.means) == len(e.grid) for one in e.answers), "a mean for each value"),
    ),
    Columns: ((lambda e: len(e.importance.rises) > 0, "of some columns"),),
}  # fmt: skip
