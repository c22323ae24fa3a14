"""The tables of options in this documentation, made from where the options are declared."""

from collections.abc import Iterator
from typing import Any

from gradatim.planning.data_options import DataOptions
from gradatim.planning.options import Option, options_of
from gradatim.planning.training_options import Settings

MARK = "% options\n"  # where a page wants them
HEAD = "| option | what it says | values |\n|---|---|---|\n"


def filled(page: str) -> str:
    """The text of a page, its mark replaced by the tables."""
    return page.replace(MARK, tables()) if MARK in page else page


def tables() -> str:
    """A table for each group of options."""
    groups: dict[str, list[str]] = {}
    for record in (DataOptions, Settings):
        for one, known, _ in options_of(record):
            groups.setdefault(known.group, []).append(_row(one.name, known, one.default))
    return "\n".join(f"### {group}\n\n{HEAD}{''.join(rows)}" for group, rows in groups.items())


def _row(name: str, known: Option, default: Any) -> str:
    option = f"`--{name.replace('_', '-')}`"
    sentence = known.help.replace("|", "\\|")
    if uses := (*known.forms, *known.tasks):
        sentence += f" For {', '.join(uses)}."
    return f"| {option} | {sentence} | {'; '.join(_values(known, default))} |\n"


def _values(known: Option, default: Any) -> Iterator[str]:
    """What an option may be, and what it is where it is not given."""
    if known.choices:
        yield " or ".join(f"`{choice}`" for choice in known.choices)
    if known.bounds:
        yield " and ".join(f"{word.replace('_', ' ')} {bound:g}" for word, bound in known.bounds)
    if default is not None:
        yield f"`{default}` where not given"
