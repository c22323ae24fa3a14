"""Runs a page of this documentation: python blocks, and the lines of sh blocks that begin with gradatim.

The blocks of a page run in order, in one namespace and one folder. A text block directly behind a block is
what that block prints. `% slow` on the line above a block keeps it for the slow suite.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from warm_process import run_command

HERE = Path(__file__).parent
BLOCK = re.compile(
    r"^(?P<slow>% slow\n)?```(?P<language>python|sh)\n(?P<text>.*?)^```\n"
    r"(?:\n*```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
NUMBER = re.compile(r"(?:≈ )?[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Block:
    """One block: its language, text and first line's number, what it prints, and whether it takes long."""

    language: str
    text: str
    line: int
    output: str | None
    slow: bool


def blocks_of(page: Path) -> Iterator[Block]:
    """The blocks of a page that are run, in order."""
    source = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(source):
        line = source.count("\n", 0, match.start("text")) + 1
        yield Block(match["language"], match["text"], line, match["output"], bool(match["slow"]))


def run(block: Block, folder: Path, namespace: dict[str, Any]) -> str:
    """Run a block whose page has this namespace, and whose commands start in this folder; what it prints."""
    if block.language == "sh":
        return "".join(_command(line, folder) for line in _lines(block.text) if line.startswith("gradatim "))
    printed = StringIO()
    with redirect_stdout(printed):
        exec(compile("\n" * (block.line - 1) + block.text, "page", "exec"), namespace)
    return printed.getvalue()


def _lines(text: str) -> list[str]:
    return text.replace("\\\n", " ").splitlines()


def _command(line: str, folder: Path) -> str:
    """What a command prints on stdout; its failure is an error with what it said."""
    status, out, err = run_command(shlex.split(line, comments=True)[1:], folder)
    if status:
        raise RuntimeError(f"{line}\nended with {status}:\n{err}")
    return out


def difference(expected: str, printed: str) -> str | None:
    """The first line of a page's output that was not printed, or None.

    Spaces count once, `…` stands for anything, a line of `…` for any lines. Whole numbers are equal, others
    agree to one unit of the last decimal that the page shows, behind `≈` to two, or to a twentieth of their
    value: the end of a long training depends on the processor's rounding.
    """
    want = [line.split() for line in expected.splitlines() if line.strip()]
    got = [line.split() for line in printed.splitlines() if line.strip()]
    at, skip = 0, False
    for words in want:
        if words == ["…"]:
            skip = True
            continue
        here = [n for n in range(at, len(got)) if _same(words, got[n])]
        if not here or (here[0] != at and not skip):
            return f"the page says\n    {' '.join(words)}\nwhere this is printed:\n{printed}"
        at, skip = here[0] + 1, False
    return None if skip or at == len(got) else f"the page leaves out\n    {' '.join(got[at])}"


def _same(want: list[str], got: list[str]) -> bool:
    want_text, got_text = " ".join(want), " ".join(got)
    literal = [re.escape(piece).replace("…", ".*?") for piece in NUMBER.split(want_text)]
    numbers = NUMBER.findall(want_text)
    match = re.fullmatch(f"({NUMBER.pattern})".join(literal), got_text)
    return match is not None and all(map(_close, numbers, match.groups()))


def _close(want: str, got: str) -> bool:
    if want == got:
        return True
    if "." not in want:
        return False
    mantissa, _, exponent = want.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    near = max(2.001 * unit, abs(_value(want)) / 20) if want.startswith("≈") else 1.001 * unit
    return abs(_value(want) - _value(got)) <= near


def _value(number: str) -> float:
    return float(number.removeprefix("≈ ").replace("−", "-").replace(",", ""))


def all_pages() -> list[Path]:
    """Every page that has something to run."""
    return [page for page in sorted(HERE.glob("*.md")) if any(blocks_of(page))]
