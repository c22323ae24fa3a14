"""A thing of the catalogue as text for a terminal."""

from textwrap import fill
from typing import Any

from gradatim.explain.costs_text import costs
from gradatim.explain.graph_text import graph_text

WIDTH = 110  # columns where the result is no terminal's
BROKEN = 60  # letters from which on a line of prose that ends without a stop goes on in the next


def entry_text(result: dict[str, Any], width: int | None = None) -> str:
    """What `show` found; the table of layers in so many columns where there is a width."""
    parts = [_entry(entry, width) for entry in result["entries"]]
    if result.get("layers"):
        parts.append(costs(result, width))
    if "graph" in result:
        parts.append(graph_text(result["graph"]))
    if result.get("weights"):
        parts.append(f"weights fit     {result['weights']}")
    return "\n\n".join(parts)


def _entry(entry: dict[str, Any], width: int | None) -> str:
    sentence = fill(entry["sentence"], width or WIDTH)
    text = [_filled(line, width or WIDTH) for line in whole_lines(entry["text"])]
    lines = [f"{entry['name']} ({entry['kind']})", "", sentence, "", *text, ""]
    if entry["paper"]:
        lines.append(f"paper      {entry['paper']} ({entry['year']})")
    lines += [
        fill(f"call       {entry['call']}", width or WIDTH, subsequent_indent=" " * 11,
             break_long_words=False),
        f"code       {entry['home']}", f"           {entry['file']}:{entry['line']}",
        f"curriculum {entry['rows']}",
    ]  # fmt: skip
    example = entry["example"]
    lines += ["", "example", ""]
    lines += [f"    {line}" for line in example["python"].splitlines()]
    lines += [""] if example["python"] and example["commands"] else []
    lines += [f"    {line}" for line in example["commands"]]
    return "\n".join(lines)


def whole_lines(text: str) -> list[str]:
    """The lines of a docstring, those of prose that its width has broken put together again.

    >>> whole_lines("A line of prose so long that its own docstring breaks it behind\\nthis.\\n    y = x")
    ['A line of prose so long that its own docstring breaks it behind this.', '    y = x']
    """
    lines: list[str] = []
    for line in text.splitlines():
        before = lines[-1] if lines else ""
        goes_on = len(before) >= BROKEN and not before.endswith((".", ":", ";"))
        if goes_on and line and before[0] not in " -" and line[0] not in " -":
            lines[-1] = f"{before} {line}"
        else:
            lines.append(line)
    return lines


def _filled(line: str, width: int) -> str:
    """Prose in lines of the terminal; an equation as it is."""
    return line if line.startswith(" ") else fill(line, width, break_long_words=False, break_on_hyphens=False)
