"""A table's schema as text for a terminal."""

from typing import Any

SHADES = {
    "number": "cyan", "boolean": "blue", "category": "magenta", "date": "green", "identifier": "yellow",
    "text": "yellow", "constant": "yellow", "empty": "yellow", "labels": "magenta",
}  # fmt: skip
WIDE = 110  # columns of a page, where stdout is no terminal
MOST = 200  # rows that are shown
LONG = 24  # characters of a value


def print_schema(result: dict[str, Any]) -> None:
    """What `data` found in a table: its columns, what is learned, and what should be known."""
    import sys

    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(_head(result), markup=False)
    console.print(_columns(result["columns"]))
    if len(result["columns"]) > MOST:
        console.print(f"… and {len(result['columns']) - MOST:,} columns more; --json shows all", markup=False)
    for line in (*_learned(result), *_noticed(result)):
        console.print(line, markup=False, soft_wrap=True)


def _head(result: dict[str, Any]) -> str:
    rows = f"{result['n']:,} rows" + (" with a target" if result["targets"] else "")
    reading = result["reading"]
    if reading is None:
        return f"{result['name']}: {rows}"
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    how = f"{reading['encoding']}, {names[reading['delimiter']]} between fields"
    how += ", with a header" if reading["header"] else ", no header"
    return f"{result['name']}: {rows} ({how}{', decimal comma' if reading['decimal'] == ',' else ''})"


def _columns(columns: list[dict[str, Any]]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("kind")
    table.add_column("use")
    table.add_column("missing", justify="right")
    table.add_column("distinct", justify="right")
    table.add_column("values", overflow="fold", ratio=1)
    for one in columns[:MOST]:
        dropped = "dim" if one["use"] == "ignore" else "bold" if one["use"] == "target" else ""
        table.add_row(
            Text(one["name"], dropped), Text(one["kind"], SHADES[one["kind"]]), Text(one["use"], dropped),
            _count(one["missing"]), f"{one['distinct']:,}", Text(_values(one), dropped),
        )  # fmt: skip
    return table


def _count(missing: int) -> str:
    return f"{missing:,}" if missing else ""


def _values(one: dict[str, Any]) -> str:
    """What a column holds, in a few words."""
    if "most" in one:
        shown = [f"{_short(name)} {count:,}" for name, count in one["most"][:3]]
        return ", ".join(shown) + (", …" if one["distinct"] > len(shown) else "")
    if "smallest" not in one:
        return ""
    if one["kind"] == "date" and isinstance(one["smallest"], str):
        return f"{one['smallest']} … {one['largest']}"
    return f"{one['smallest']:g} … {one['largest']:g}, mean {one['mean']:.4g}"


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def _learned(result: dict[str, Any]) -> list[str]:
    if not result["targets"]:
        return ["", "No target yet: --target COLUMN says what would be learned."]
    lines = [f"task        {result['task']}: {result['why']}"]
    if result.get("head"):
        lines.append(f"head        {result['head']}")
    counts = result["classes"]
    if counts:
        n = sum(counts.values())
        shown = [f"{_short(name)} {count:,} ({count / n:.1%})" for name, count in list(counts.items())[:8]]
        lines.append("classes     " + ", ".join(shown) + (", …" if len(counts) > 8 else ""))
        if result["imbalance"]:
            lines.append(f"imbalance   {result['imbalance']}")
    if "labels" in result:
        lines.append(_sets(result))
    sizes = ", ".join(f"{n:,} {part}" for part, n in result["splits"].items())
    lines.append(f"splits      {sizes + ' (' if sizes else ''}{result['split_rule']}{')' if sizes else ''}")
    if "inputs" in result:
        lines.append(f"inputs      {result['inputs']:,} numbers a row, once encoded")
    return lines


def _sets(result: dict[str, Any]) -> str:
    """How often each label is in a set; the commonest first."""
    counts = sorted(result["labels"].items(), key=lambda one: -one[1])
    shown = [f"{_short(name)} {count:,} ({count / result['n']:.1%})" for name, count in counts[:8]]
    line = "labels      " + ", ".join(shown) + (", …" if len(counts) > 8 else "")
    line += f"; {result['separator']!r} between them"
    return line + (f", none in {result['without']:,} rows" if result["without"] else "")


def _noticed(result: dict[str, Any]) -> list[str]:
    lines = [f"note        {notice}" for notice in result["notices"]]
    if "schema" in result:
        lines.append(f"schema      {result['schema']}: edit it, and give it again with --schema")
    return [*lines, f"fingerprint {result['fingerprint']}"]
