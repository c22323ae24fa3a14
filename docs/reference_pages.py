"""The reference in this documentation, made from the commands themselves and from the catalogue's docstrings.

A page asks for it by a line of its own: `% commands`, or `% catalogue KIND KIND`.
"""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from gradatim import catalog
from gradatim.cli.app import VERBS, Verbs
from gradatim.jobs.show import explained

COMMANDS = re.compile(r"^% commands$", re.MULTILINE)
CATALOGUE = re.compile(r"^% catalogue ([a-z ]+)$", re.MULTILINE)
HEAD = "| option | what it says |\n|---|---|\n"
MARKS = re.compile(r"([*<$\[\]|])")  # what Markdown would take for its own
UNDERLINE = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)


def filled(page: str) -> str:
    """The text of a page, its marks replaced by what they ask for."""
    page = COMMANDS.sub(lambda _: "\n".join(map(command, VERBS)), page)
    return CATALOGUE.sub(lambda found: "\n".join(map(of_kind, found[1].split())), page)


def command(verb: str) -> str:
    """A verb: its help's text and example, its arguments, its options by group."""
    known = Verbs()[verb]
    prose, _, example = cleandoc(known.help or VERBS[verb]).partition("Example: ")
    example = " ".join(example.split())
    parts = [f"## {verb}\n", plain(prose.strip()), *([f"```sh\n{example}\n```"] if example else [])]
    groups: dict[str, list[str]] = {}
    for one in known.params:
        if one.name != "help":
            group = "Arguments" if one.param_type_name == "argument" else _group(one)
            groups.setdefault(group, []).append(_row(one))
    for group, rows in groups.items():
        parts.append(f"**{group}**\n\n{HEAD}{''.join(rows)}")
    return "\n\n".join(parts) + "\n"


def _group(one: Any) -> str:
    return getattr(one, "rich_help_panel", None) or "Run"


def _row(one: Any) -> str:
    names = one.opts if one.param_type_name == "option" else [one.name.upper()]
    said = (getattr(one, "help", None) or "").replace("|", "\\|")
    return f"| {' '.join(f'`{name}`' for name in names)} | {plain(said)} |\n"


def of_kind(kind: str) -> str:
    """Everything of a kind: a list of names and sentences, and then each by its docstring."""
    rows = [row for row in catalog.entries(kind)]
    heading = f"## {kind.capitalize()}s\n" if not kind.endswith("y") else f"## {kind.capitalize()}\n"
    table = ["| name | what it is |", "|---|---|"]
    table += [f"| [{row.name}](#{anchor(row)}) | {plain(row.sentence)} |" for row in rows]
    return "\n".join([heading, *table, "", *(entry(row) for row in rows)])


def anchor(row: Any) -> str:
    """The name of an entry's place."""
    return f"{row.kind}-{row.name}".replace("_", "-").replace(" ", "-").lower()


def entry(row: Any) -> str:
    """One thing: what it is called, its docstring, its paper, its example."""
    found = explained(row)
    parts = [f"({anchor(row)})=\n### {row.name}\n"]
    if row.home:
        module, _, name = row.home.partition(":")
        call = found.get("call") or f"{name}(…)"
        parts.append(f"```python\nfrom {module} import {name}\n{call}\n```")
    text = found.get("text") or row.sentence
    parts.append("\n\n".join(_blocks(UNDERLINE.sub(r"**\1**", text))))
    if row.paper:
        parts.append(f"{plain(row.paper)} ({row.year}).")
    example = (found.get("example") or {}).get("python")
    parts += [f"```pycon\n{example}\n```"] if example else []
    return "\n\n".join(parts) + "\n"


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs of a docstring; what is indented is shown as it stands."""
    for block in text.split("\n\n"):
        if block.startswith("    "):
            yield f"```text\n{cleandoc(block)}\n```"
        else:
            yield (
                "  \n".join(plain(line) for line in block.splitlines()) if "\n    " in block else plain(block)
            )


def plain(text: str) -> str:
    """Prose whose signs Markdown leaves alone, outside backticks."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if k % 2 else MARKS.sub(r"\\\1", part) for k, part in enumerate(parts))
