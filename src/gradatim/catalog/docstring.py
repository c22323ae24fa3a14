"""The parts of a docstring: sentence, equations, shapes, refusals, what is said of a parameter, example."""

import re
from typing import NamedTuple

HEADS = ("Shapes:", "Raises ")
SENTENCE = re.compile(r"(?<=[.;:])\s+(?=[A-ZΑ-Ω`])")


class Docstring(NamedTuple):
    """What a docstring says, part by part; a part that it has not is empty."""

    text: str  # everything but the example
    sentence: str
    equation: str
    shapes: str
    raises: str
    example: str

    def says_of(self, name: str) -> str:
        """The first sentence that names a parameter, in backticks."""
        prose = [block for block in self.text.split("\n\n")[1:] if not block.startswith("    ")]
        sentences = [s for block in prose for s in SENTENCE.split(" ".join(block.split()))]
        return next((s for s in sentences if f"`{name}`" in s), "")


def parts_of(doc: str) -> Docstring:
    """The parts of a docstring in the house's order.

    >>> parts = parts_of("ReLU.\\n\\n    g(z) = max(0, z)\\n\\nRaises nothing.\\n\\n>>> max(0, -1)\\n0")
    >>> parts.sentence, parts.equation, parts.raises, parts.example
    ('ReLU.', 'g(z) = max(0, z)', 'Raises nothing.', '>>> max(0, -1)\\n0')
    """
    prose, arrow, example = doc.partition(">>> ")
    text = prose.strip()
    first = " ".join(text.partition("\n\n")[0].split())
    shapes, raises = (_from(text, head) for head in HEADS)
    return Docstring(text, first, _equation(text), shapes, raises, (arrow + example).rstrip())


def _equation(text: str) -> str:
    """The indented blocks."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("    ")]
    return "\n\n".join("\n".join(line[4:] for line in lines).rstrip() for lines in blocks)


def _from(text: str, head: str) -> str:
    """From where the head begins a sentence to the end of its paragraph, or to the other head."""
    found = re.search(rf"(?:^|(?<=[.)]\s)){head}", text, re.MULTILINE)
    if found is None:
        return ""
    rest = " ".join(text[found.start() :].partition("\n\n")[0].split())
    for other in HEADS:
        if other != head:
            rest = rest.partition(f" {other}")[0]
    return rest
