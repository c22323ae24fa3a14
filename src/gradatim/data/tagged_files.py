"""Files of words and their tags: a word a line, a blank line behind each sentence."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import GradatimError, UsageError, known
from gradatim.data.reading_text import decode
from gradatim.data.unpacking import read_file

CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
EACH = 20  # bytes of memory for a byte of a file: lines, fields and words


class TaggedSentences(NamedTuple):
    """The words of each sentence, their tags, or None where there are none, and what the tags are called."""

    words: list[list[str]]
    tags: list[list[str]] | None
    target: str


def read_tagged_file(path: Path, target: str | None = None) -> TaggedSentences:
    """Words and tags of a CoNLL-U file, whose column `target` is upos where it is not named; or of columns,
    parted by tabs or spaces, of which the first is the word and the last the tag.

    Of CoNLL-U (universaldependencies.org/format.html) the parts of a contraction are read, and not its whole.
    Raises UsageError for a file that holds no word or an unknown column, GradatimError naming the line that
    cannot be.
    """
    lines = list(_lines(decode(read_file(path, EACH), path)))
    if not lines:
        raise UsageError(f"{path} holds no word")
    if len(lines[0][1].split("\t")) == len(CONLLU):
        name = known("column", (target or "upos").lower(), CONLLU)
        rows = _of_conllu(lines, CONLLU.index(name), path)
    elif target is not None:
        raise UsageError(f"{path} is no CoNLL-U file: its last column is the tag; leave --target out")
    else:
        name, rows = "tag", _of_columns(lines, path)
    sentences = [list(group) for _, group in groupby(rows, key=lambda row: row[0])]
    words = [[word for _, word, _, _ in sentence] for sentence in sentences]
    tags = [[tag for _, _, tag, _ in sentence] for sentence in sentences]
    without = [line for sentence in sentences for _, _, tag, line in sentence if tag == ""]
    if len(without) == sum(map(len, words)):
        return TaggedSentences(words, None, name)
    if without:
        raise GradatimError(f"{path}, line {without[0]:,}: the word has no tag")
    return TaggedSentences(words, tags, name)


def _lines(text: str) -> Iterator[tuple[int, str, int]]:
    """The lines with a word: the number of its sentence, the line, and the line's number from 1."""
    sentence = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            sentence = number
        elif not line.startswith("# "):
            yield sentence, line, number


def _of_conllu(lines: list[tuple[int, str, int]], column: int, path: Path) -> Iterator[tuple]:
    for sentence, line, number in lines:
        fields = line.split("\t")
        if len(fields) != len(CONLLU):
            raise GradatimError(f"{path}, line {number:,}: {len(fields)} fields where CoNLL-U has 10")
        if "-" not in fields[0] and "." not in fields[0]:  # a whole contraction, a word that is left unsaid
            yield sentence, fields[1], "" if fields[column] == "_" else fields[column], number


def _of_columns(lines: list[tuple[int, str, int]], path: Path) -> Iterator[tuple]:
    tabs = "\t" if all("\t" in line for _, line, _ in lines) else None
    wide = len(lines[0][1].split(tabs))
    for sentence, line, number in lines:
        fields = line.strip("\n").split(tabs)
        if len(fields) != wide:
            raise GradatimError(f"{path}, line {number:,}: {len(fields)} columns where line "
                                f"{lines[0][2]:,} has {wide}")  # fmt: skip
        yield sentence, fields[0].strip(), fields[-1].strip() if wide > 1 else "", number
