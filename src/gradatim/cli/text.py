"""Results as text for a terminal."""

from textwrap import fill
from typing import Any

from gradatim.cli.costs import costs
from gradatim.cli.table import table
from gradatim.training.record import as_text

INDENTED: dict[str, Any] = {"initial_indent": " " * 24, "subsequent_indent": " " * 24}


def catalogue_text(rows: list[dict[str, Any]]) -> str:
    """Rows of the catalogue under their kinds."""
    lines: list[str] = []
    kind = None
    for row in rows:
        if row["kind"] != kind:
            kind = row["kind"]
            lines += ["", kind] if lines else [kind]
        lines.append(f"  {row['name']:<21} {row['sentence']} [{row['rows']}]")
    return "\n".join(lines)


def entry_text(result: dict[str, Any]) -> str:
    """What `show` found."""
    parts = [_entry(entry) for entry in result["entries"]]
    if result.get("layers"):
        parts.append(costs(result))
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


def plots_text(rows: list[dict[str, Any]]) -> str:
    """What `plot` can draw."""
    lines = []
    for row in rows:
        lines.append(f"{row['name'] + ' ' + row['takes']:<23} {row['sentence']}")
        if row["members"]:
            lines.append(fill("one alone: " + ", ".join(row["members"]), 100, **INDENTED))
    return "\n".join([*lines, "", "gradatim plot RUN draws its curves; --theme dark, --out FILE.svg or .png"])


def comparison_text(metrics: dict[str, float], records: list[dict], baselines: list[dict[str, Any]]) -> str:
    """A network beside others on the same examples: measures, and seconds to learn."""
    names = [name for name in metrics if all(name in row["metrics"] for row in baselines)]
    network = {"name": "network", "metrics": metrics, "seconds": sum(row["seconds"] for row in records)}
    rows = [
        [row["name"], *(as_text(row["metrics"][name], name) for name in names), f"{row['seconds']:.1f} s"]
        for row in [network, *baselines]
    ]
    head = ["on the same test", *(name.replace("_", " ") for name in names), "to learn"]
    return f"\n{table(head, rows)}\n"
