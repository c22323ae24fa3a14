"""Results as text for a terminal."""

from typing import Any


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
        parts.append(table(["layer", "output", "parameters"], [
            [f"{row['name']} {row['layer']}", " × ".join(map(str, row["output"])), f"{row['parameters']:,}"]
            for row in result["layers"]
        ]) + f"\n{result['parameters']:,} parameters")  # fmt: skip
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


def compared(metrics: dict[str, float], records: list[dict], baselines: list[dict[str, Any]]) -> str:
    """A network beside others on the same examples: measures, and seconds to learn."""
    names = [name for name in metrics if all(name in row["metrics"] for row in baselines)]
    network = {"name": "network", "metrics": metrics, "seconds": sum(row["seconds"] for row in records)}
    rows = [
        [row["name"], *(f"{row['metrics'][name]:.4f}" for name in names), f"{row['seconds']:.1f} s"]
        for row in [network, *baselines]
    ]
    head = ["on the same test", *(name.replace("_", " ") for name in names), "to learn"]
    return f"\n{table(head, rows)}\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Columns under their names: texts to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    right = [all(row[i].lstrip("-")[:1].isdigit() for row in rows) for i in range(len(head))]

    def line(row: list[str]) -> str:
        cells = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
        return "  ".join(cells).rstrip()

    return "\n".join([line(head), "  ".join("-" * w for w in widths), *map(line, rows)])
