"""How new examples are encoded for a network that another run has trained: as that run encoded its own."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder
from gradatim.data.encoders.other_pictures import OtherPictures, full_scale
from gradatim.runs.trained import Trained

FULL = "full_scale"  # of the pictures that a network has seen: a fact in model.json
TABLES = ("table", "unit_table")  # encoders of rows with named columns


def encoder_for(source: Trained, examples: Any, where: str) -> Encoder:
    """The run's own encoder, behind a scaling of pictures that are of another size, scale or channels.

    Raises UsageError for examples that the run's network cannot be shown: of another kind, with other
    columns, of another shape.
    """
    before = source.template
    if before.layout != examples.layout:
        raise UsageError(f"{where} learned from {before.unit}; {examples.name} holds {examples.unit}")
    if examples.layout != "rows" or examples.shape is None:
        return source.encoder
    if source.features or examples.features or "table" in (source.encoder.name, examples.encoder):
        _check_columns(source, examples, where)
        return source.encoder
    shape, expected = tuple(examples.shape), source.input_shape
    if getattr(examples, "is_pictures", False) and expected is not None and len(expected) == 3:
        return _pictures(source, examples)
    if expected is not None and shape != tuple(expected):
        raise UsageError(
            f"{where} learned from examples of the shape {tuple(expected)}; those of {examples.name} have "
            f"{shape}"
        )
    return source.encoder


def _check_columns(source: Trained, examples: Any, where: str) -> None:
    """Raise UsageError naming the columns that only one of the two tables has."""
    here, there = tuple(map(str, examples.features)), tuple(map(str, source.features))
    parts = []
    if missing := [name for name in there if name not in here]:
        parts.append(f"{examples.name} has no column {', '.join(missing)}")
    if more := [name for name in here if name not in there]:
        parts.append(f"{where} has not seen {', '.join(more)}: leave it out with --ignore")
    if parts:
        raise UsageError("; ".join(parts))
    if here != there and source.encoder.name not in TABLES:  # which finds columns by their names
        raise UsageError(f"{where} learned from the columns in another order: {', '.join(there)}")


def _pictures(source: Trained, examples: Any) -> Encoder:
    """The run's encoder, behind a change of size, channels or scale where there is one."""
    known = source.encoder
    own: Encoder = known.encoder if isinstance(known, OtherPictures) else known
    seen = known.seen if isinstance(known, OtherPictures) else tuple(source.input_shape or ())
    full, here = float(source.facts.get(FULL) or 0), scale_of(examples)
    factor = full / here if full and here else 1.0
    if factor == 1 and tuple(examples.shape) == seen:
        return own
    return OtherPictures(seen, factor, own)


def scale_of(examples: Any) -> float:
    """What white is in pictures: 1, 16 or 255; 0 for other numbers, and for what are no pictures."""
    if not getattr(examples, "is_pictures", False) or not len(examples):
        return 0.0
    return full_scale(float(examples.x.min()), float(examples.x.max()))


def facts_of(examples: Any, encoder: Encoder) -> dict[str, float]:
    """What is kept of pictures for a run that begins with this one's network."""
    scale = scale_of(examples)
    if isinstance(encoder, OtherPictures):
        scale *= encoder.factor
    return {FULL: scale} if scale else {}
