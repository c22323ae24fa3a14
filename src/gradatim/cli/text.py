"""Results as text for a terminal."""

from textwrap import fill
from typing import Any

from gradatim.cli.costs import costs
from gradatim.cli.table import table

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


def data_text(result: dict[str, Any]) -> str:
    """What `data` found."""
    if "characters" in result:
        return _described_text(result)
    if "words" in result:
        return _described_sentences(result)
    shape = "shape " + _by(result["shape"])
    if inputs := result.get("inputs"):
        shape = ", ".join(f"{name} ({_by(one['shape']) or 'a number'})" for name, one in inputs.items())
    lines = [
        f"{result['name']}: {result['n']:,} examples of {shape}",
        f"values      {result['smallest']:g} … {result['largest']:g}, mean {result['mean']:.4g}",
    ]
    if result["classes"]:
        lines += [f"task        {result['head']}", "splits      " + ", ".join(
            f"{n:,} {part}" for part, n in result["splits"].items()
        ) + f" ({result['split_rule']})"]  # fmt: skip
        counts = [[str(name), f"{count:,}"] for name, count in list(result["classes"].items())[:30]]
        lines += ["", table(["class", result["counted"]], counts)]
    lines += ["", f"fingerprint {result['fingerprint']}"]
    lines += [fill(f"note        {notice}", 110, subsequent_indent=" " * 12) for notice in result["notices"]]
    return "\n".join(lines)


def _by(shape: list[int]) -> str:
    return " × ".join(map(str, shape))


def _described_text(result: dict[str, Any]) -> str:
    """What `data` found in a text."""
    counts = sorted(result["counts"].items(), key=lambda pair: -pair[1])
    return "\n".join([
        f"{result['name']}: {result['n']:,} characters in {result['lines']:,} lines, "
        f"{result['distinct']} distinct",
        f"characters  {result['characters']!r}",
        "commonest   " + ", ".join(f"{c!r} {n:,}" for c, n in counts[:8]),
        f"guessing    {result['bits_per_character_of_frequencies']:.3f} bits per character, by frequency "
        "alone",
        "splits      " + ", ".join(f"{n:,} {part}" for part, n in result["splits"].items())
        + " (the first nine tenths and the last)",
        "", result["begins"].strip(), "", f"fingerprint {result['fingerprint']}",
    ])  # fmt: skip


def _described_sentences(result: dict[str, Any]) -> str:
    """What `data` found in sentences with tags."""
    counts = [[tag, f"{n:,}"] for tag, n in sorted(result["counts"].items(), key=lambda pair: -pair[1])]
    return "\n".join([
        f"{result['name']}: {result['n']:,} sentences of {result['words']:,} words, "
        f"{result['distinct_words']:,} distinct; the longest has {result['longest']:,}",
        "splits      " + ", ".join(f"{n:,} {part}" for part, n in result["splits"].items())
        + " (by the fingerprint)",
        *(["", table(["tag", "words"], counts)] if counts else []),
        "", f"fingerprint {result['fingerprint']}",
    ])  # fmt: skip


def comparison_text(metrics: dict[str, float], records: list[dict], baselines: list[dict[str, Any]]) -> str:
    """A network beside others on the same examples: measures, and seconds to learn."""
    names = [name for name in metrics if all(name in row["metrics"] for row in baselines)]
    network = {"name": "network", "metrics": metrics, "seconds": sum(row["seconds"] for row in records)}
    rows = [
        [row["name"], *(f"{row['metrics'][name]:.4f}" for name in names), f"{row['seconds']:.1f} s"]
        for row in [network, *baselines]
    ]
    head = ["on the same test", *(name.replace("_", " ") for name in names), "to learn"]
    return f"\n{table(head, rows)}\n"
