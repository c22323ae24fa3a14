"""What several verbs print."""

import json
import sys
from typing import Any

from gradatim.cli.folding import fold
from gradatim.printable import json_text, printable


def print_json(content: Any, indent: int | None = None) -> None:
    """The result as JSON, on one line where no indent is asked for."""
    print(json_text(json.dumps(content, ensure_ascii=False, indent=indent)))


def say(text: str) -> None:
    """A line on stderr, beside the result."""
    print(printable(text), file=sys.stderr)


def print_entries(kinds: tuple[str, ...], as_json: bool) -> None:
    """Names of the catalogue, and a sentence for each."""
    from gradatim.jobs.list import list_entries

    rows = [row for kind in kinds for row in list_entries(kind)]
    if as_json:
        print_json({"entries": rows})
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        print(fold(f"{row['name']:<{width}}  {row['sentence']}"))
