"""Results as text for a terminal."""

from typing import Any

from gradatim.cli.costs import costs
from gradatim.cli.table import table


def listed(rows: list[dict[str, Any]]) -> str:
    """Rows of the catalogue under their kinds."""
    lines: list[str] = []
    kind = None
    for row in rows:
        if row["kind"] != kind:
            kind = row["kind"]
            lines += ["", kind] if lines else [kind]
        lines.append(f"  {row['name']:<21} {row['sentence']} [{row['rows']}]")
    return "\n".join(lines)


def shown(result: dict[str, Any]) -> str:
    """What `show` found."""
    parts = [_entry(entry) for entry in result["entries"]]
    if result.get("layers"):
        parts.append(costs(result))
    if result.get("weights"):
        parts.append(f"weights fit     {result['weights']}")
    return "\n\n".join(parts)


def _entry(entry: dict[str, Any]) -> str:
    lines = [f"{entry['name']} ({entry['kind']})", "", *entry["text"].splitlines(), ""]
    if entry["paper"]:
        lines.append(f"paper      {entry['paper']} ({entry['year']})")
    if entry["call"]:
        lines.append(f"call       {entry['call']}")
    lines += [f"code       {entry['home']}", f"curriculum {entry['rows']}"]
    return "\n".join(lines)


def described(result: dict[str, Any]) -> str:
    """What `data` found."""
    lines = [
        f"{result['name']}: {result['n']:,} examples of shape {' × '.join(map(str, result['shape']))}",
        f"values      {result['smallest']:g} … {result['largest']:g}, mean {result['mean']:.4g}",
    ]
    if result["classes"]:
        lines += [f"task        {result['head']}", "splits      " + ", ".join(
            f"{n:,} {part}" for part, n in result["splits"].items()
        ) + f" ({result['split_rule']})"]  # fmt: skip
        counts = [[str(name), f"{count:,}"] for name, count in list(result["classes"].items())[:30]]
        lines += ["", table(["class", "examples"], counts)]
    lines += ["", f"fingerprint {result['fingerprint']}"]
    return "\n".join(lines)
