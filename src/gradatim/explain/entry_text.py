"""A thing of the catalogue as text for a terminal."""

from textwrap import fill
from typing import Any

from gradatim.explain.costs_text import costs


def entry_text(result: dict[str, Any], width: int | None = None) -> str:
    """What `show` found; the table of layers in so many columns where there is a width."""
    parts = [_entry(entry) for entry in result["entries"]]
    if result.get("layers"):
        parts.append(costs(result, width))
    if result.get("weights"):
        parts.append(f"weights fit     {result['weights']}")
    return "\n\n".join(parts)


def _entry(entry: dict[str, Any]) -> str:
    sentence = fill(entry["sentence"], 100)
    lines = [f"{entry['name']} ({entry['kind']})", "", sentence, "", *entry["text"].splitlines(), ""]
    if entry["paper"]:
        lines.append(f"paper      {entry['paper']} ({entry['year']})")
    lines += [
        fill(f"call       {entry['call']}", 110, subsequent_indent=" " * 11, break_long_words=False),
        f"code       {entry['home']}", f"           {entry['file']}:{entry['line']}",
        f"curriculum {entry['rows']}",
    ]  # fmt: skip
    example = entry["example"]
    lines += ["", "example", ""]
    lines += [f"    {line}" for line in example["python"].splitlines()]
    lines += [""] if example["python"] and example["commands"] else []
    lines += [f"    {line}" for line in example["commands"]]
    return "\n".join(lines)
