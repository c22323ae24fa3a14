"""The text of an answer, its unknown words copied from the input where that is asked for."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.data.text_units import Units
from gradatim.decoding.beam_search import Said
from gradatim.decoding.copying import copy_unknown


def words_to_copy(encoder: Any, read: Any) -> list[str]:
    """The units of an input, without the end; UsageError for an input that is no text."""
    units = getattr(encoder, "sentences", None)
    if not isinstance(units, Units):
        raise UsageError("unknown words are copied from a sentence; this network reads other inputs")
    return units.cut(read)


def text_of(encoder: Any, said: Said, read: list[str] | None = None) -> str:
    """The text of a sequence; with the words that were read its unknown ones are copied from these."""
    if read is None:
        found: str = encoder.answers.text(said.symbols)
        return found
    if said.attention is None:
        raise UsageError("unknown words are copied by attention; this network attends to nothing")
    units = encoder.answers.units(said.symbols)
    joined: str = encoder.answers.join(copy_unknown(said.symbols[: len(units)], units, said.attention, read))
    return joined
