"""What of a text a network reads: its words, its characters, or both."""

from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.planning.network_arguments import encoder_of_network


def texts_as(examples: Any, network: Any, units: str | None) -> Any:
    """Training texts, read as a network reads them: by their n-grams, or as one sequence of words or of
    characters; other examples as they are.

    Raises UsageError where a network of one sequence is asked to read both.
    """
    if not isinstance(examples, LabelledTexts):
        return examples
    encoder = encoder_of_network(network, "text_symbols") or "text_symbols"
    if encoder == "text_symbols" and units == "both":
        raise UsageError("the network reads one sequence: --text-units is words or characters")
    return replace(examples, encoder=encoder, units=units or ("both" if encoder == "n_grams" else "words"))
