"""A table's schema as a page: its columns, what is learned from it, and what should be known."""

from typing import Any

from gradatim.data.sources.page import Block, Fact, Grid, shorten, sizes_of

MOST = 200  # columns that are shown
FEW = 8  # classes or labels
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def schema_page(facts: dict[str, Any]) -> list[Block]:
    """The page of what `describe_table` found."""
    columns = facts["columns"]
    page: list[Block] = [_title(facts), _grid(columns[:MOST])]
    if len(columns) > MOST:
        page.append(f"… and {len(columns) - MOST:,} columns more; --json shows all")
    page += _learned(facts) if facts["targets"] else _without_target()
    page += [Fact("note", notice) for notice in facts["notices"]]
    if "schema" in facts:
        page.append(Fact("schema", f"{facts['schema']}: edit it, and give it again with --schema"))
    return [*page, Fact("fingerprint", facts["fingerprint"])]


def _title(facts: dict[str, Any]) -> str:
    rows = f"{facts['n']:,} rows" + (" with a target" if facts["targets"] else "")
    reading = facts["reading"]
    if reading is None:
        return f"{facts['name']}: {rows}"
    how = f"{reading['encoding']}, {DELIMITERS[reading['delimiter']]} between fields"
    how += ", with a header" if reading["header"] else ", no header"
    return f"{facts['name']}: {rows} ({how}{', decimal comma' if reading['decimal'] == ',' else ''})"


def _grid(columns: list[dict[str, Any]]) -> Grid:
    rows, roles = [], []
    for one in columns:
        use = one["use"] if one["use"] in ("ignore", "target") else ""
        missing = f"{one['missing']:,}" if one["missing"] else ""
        rows.append([
            one["name"], one["kind"], one["use"], missing, f"{one['distinct']:,}", _values(one)
        ])  # fmt: skip
        roles.append([use, one["kind"], use, "", "", use])
    return Grid(("column", "kind", "use", "missing", "distinct", "values"), rows, roles)


def _values(one: dict[str, Any]) -> str:
    """What a column holds, in a few words."""
    if "most" in one:
        if one["distinct"] > 3 and all(count == 1 for _, count in one["most"]):
            return f"{shorten(one['most'][0][0])}, …: all different"
        shown = [f"{shorten(name)} ({count:,})" for name, count in one["most"][:3]]
        return ", ".join(shown) + (", …" if one["distinct"] > len(shown) else "")
    if "smallest" not in one:
        return ""
    if one["kind"] == "date" and isinstance(one["smallest"], str):
        return f"{one['smallest']} … {one['largest']}"
    return f"{one['smallest']:g} … {one['largest']:g}, mean {one['mean']:.4g}"


def _without_target() -> list[Block]:
    return ["", "No target yet: --target COLUMN says what would be learned."]


def _learned(facts: dict[str, Any]) -> list[Block]:
    page: list[Block] = [Fact("task", f"{facts['task']}: {facts['why']}")]
    if facts.get("head"):
        page.append(Fact("head", facts["head"]))
    if facts["classes"]:
        page.append(Fact("classes", _shares(facts["classes"], sum(facts["classes"].values()))))
        if facts["imbalance"]:
            page.append(Fact("imbalance", facts["imbalance"]))
    if "labels" in facts:
        page.append(Fact("labels", _label_sets(facts)))
    page.append(Fact("splits", sizes_of(facts["splits"], facts["split_rule"])))
    if "inputs" in facts:
        page.append(Fact("inputs", _features(facts)))
    return page


def _features(facts: dict[str, Any]) -> str:
    """How many numbers a network sees: one that was asked for, and those of the default recipe."""
    some = f"{facts['inputs']:,} input features after encoding"
    combined = facts.get("combined")
    if not combined or len(combined["members"]) < 2:
        return some
    members = " or ".join(f"{n:,}" for n in combined["members"])
    return f"{some}; {combined['inputs']:,} in the default recipe, whose members see {members} of them"


def _shares(counts: dict[str, int], n: int) -> str:
    shown = [f"{shorten(name)} {count:,} ({count / n:.1%})" for name, count in list(counts.items())[:FEW]]
    return ", ".join(shown) + (", …" if len(counts) > FEW else "")


def _label_sets(facts: dict[str, Any]) -> str:
    """How often each label is in a set; the commonest first."""
    counts = dict(sorted(facts["labels"].items(), key=lambda one: -one[1]))
    line = f"{_shares(counts, facts['n'])}; {facts['separator']!r} between them"
    return line + (f", none in {facts['without']:,} rows" if facts["without"] else "")
