"""What texts are cut into: words, characters, both, or byte-pair units."""

from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError, one_of
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.text_units import KINDS
from gradatim.planning.network_arguments import encoder_of_network
from gradatim.planning.run_data import Data


def texts_as(examples: Any, network: Any, units: str | None) -> Any:
    """Training texts, read as a network reads them: by their n-grams, or as one sequence of words or of
    characters; other examples as they are.

    Raises UsageError where a network of one sequence is asked to read both.
    """
    if not isinstance(examples, LabelledTexts):
        return examples
    encoder = encoder_of_network(network, "text_symbols") or "text_symbols"
    if units == "bpe":
        raise UsageError("byte-pair units are for answers that are texts: --text-units words or characters")
    if encoder == "text_symbols" and units == "both":
        raise UsageError("the network reads one sequence: --text-units is words or characters")
    return replace(examples, encoder=encoder, units=units or ("both" if encoder == "n_grams" else "words"))


def answers_in(data: Data, units: str | None) -> Data:
    """Data whose answers are texts, these cut into the units that were asked for; other data as they are.

    Raises UsageError for units that no answer is made of.
    """
    if units is None or not hasattr(data.train, "in_units"):
        return data
    return replace(data, train=data.train.in_units(one_of("text_units", units, KINDS)))
