"""Files of words and their tags: a word a line, a blank line behind each sentence."""

from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import GradatimError, UsageError, known
from gradatim.data.reading_text import decode
from gradatim.data.tagged_lines import TaggedLines
from gradatim.data.unpacking import read_file

CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
EACH = 20  # bytes of memory for a byte of a file: lines, fields and words


class TaggedSentences(NamedTuple):
    """The words of each sentence, their tags, or None where there are none, what the tags are called, and the
    file's lines.
    """

    words: list[list[str]]
    tags: list[list[str]] | None
    target: str
    lines: TaggedLines


class _Line(NamedTuple):
    """A line that holds words: the number of its sentence, itself, and its number from 1."""

    sentence: int
    text: str
    number: int


class _Word(NamedTuple):
    sentence: int
    form: str
    tag: str
    number: int  # of its line


def read_tagged_file(path: Path, target: str | None = None) -> TaggedSentences:
    """Words and tags of a CoNLL-U file, whose column `target` is upos where it is not named; or of columns,
    parted by tabs or spaces, of which the first is the word and the last the tag.

    Of CoNLL-U (universaldependencies.org/format.html) the parts of a contraction are read, and not its whole.
    Raises UsageError for a file that holds no word or an unknown column, GradatimError naming the line that
    cannot be.
    """
    text, lines = _lines(path)
    if _is_conllu(lines):
        name, words, form = _of_conllu(text, lines, target, path)
    else:
        _refuse_target(target, path)
        name, (words, form) = "tag", _of_columns(text, lines, path)
    tags = [[word.tag for word in sentence] for sentence in words]
    without = [word.number for sentence in words for word in sentence if word.tag == ""]
    if without and len(without) < sum(map(len, words)):
        raise GradatimError(f"{path}, line {without[0]:,}: the word has no tag")
    return TaggedSentences(_forms(words), None if without else tags, name, form)


def read_new_file(path: Path, target: str | None, tags: Collection[str]) -> TaggedSentences:
    """Words to tag: of a file as `read_tagged_file` reads it, whatever tags it has; of columns whose last
    holds no other than the known `tags`; else of a text, a sentence a line, its words parted by spaces.

    Raises UsageError for a file that holds no word or an unknown column, GradatimError naming the line that
    cannot be.
    """
    text, lines = _lines(path)
    if _is_conllu(lines):
        name, words, form = _of_conllu(text, lines, target, path)
        return TaggedSentences(_forms(words), None, name, form)
    if _is_text(lines, tags):
        return TaggedSentences([line.text.split() for line in lines], None, "tag", TaggedLines.of_text())
    words, form = _of_columns(text, lines, path)
    return TaggedSentences(_forms(words), None, "tag", form)


def _lines(path: Path) -> tuple[list[str], list[_Line]]:
    """All lines, and those with a word; UsageError where there is none."""
    text = decode(read_file(path, EACH), path).split("\n")
    sentence, found = 0, []
    for number, line in enumerate(text, 1):
        if not line.strip():
            sentence = number
        else:
            found.append(_Line(sentence, line, number))
    found = list(_without_comments(found))
    if not found:
        raise UsageError(f"{path} holds no word")
    return text, found


def _without_comments(lines: list[_Line]) -> Iterator[_Line]:
    """The lines that are no comment: of those with a # and a space in front the ones with as many columns as
    the first other line has, such as "# SYM".
    """
    first = next((line.text for line in lines if not line.text.startswith("#")), "")
    conllu = len(first.split("\t")) == len(CONLLU)
    wide = len(first.split())
    for line in lines:
        comment = line.text.startswith("#" if conllu else "# ")
        if not comment or (not conllu and len(line.text.split()) == wide == 2):
            yield line


def _is_conllu(lines: list[_Line]) -> bool:
    return len(lines[0].text.split("\t")) == len(CONLLU)


def _is_text(lines: list[_Line], tags: Collection[str]) -> bool:
    """Whether lines without tabs are sentences: neither words alone, nor columns that end in a known tag."""
    if any("\t" in line.text for line in lines):
        return False
    fields = [line.text.split() for line in lines]
    widest = max(map(len, fields))
    columns = all(len(one) == len(fields[0]) and one[-1] in tags for one in fields)
    return widest > 1 and not columns


def _of_conllu(
    text: list[str], lines: list[_Line], target: str | None, path: Path
) -> tuple[str, list[list[_Word]], TaggedLines]:
    name = known("column", (target or "upos").lower(), CONLLU)
    column, words = CONLLU.index(name), []
    for line in lines:
        fields = line.text.split("\t")
        if len(fields) != len(CONLLU):
            raise GradatimError(f"{path}, line {line.number:,}: {len(fields)} fields where CoNLL-U has 10")
        if "-" not in fields[0] and "." not in fields[0]:  # a whole contraction, a word that is left unsaid
            tag = "" if fields[column] == "_" else fields[column]
            words.append(_Word(line.sentence, fields[1], tag, line.number))
    if not words:
        raise UsageError(f"{path} holds no word")
    return name, _sentences(words), TaggedLines(text, [word.number - 1 for word in words], column, "\t")


def _of_columns(text: list[str], lines: list[_Line], path: Path) -> tuple[list[list[_Word]], TaggedLines]:
    tabs = "\t" if all("\t" in line.text for line in lines) else None
    wide, words = len(lines[0].text.split(tabs)), []
    for line in lines:
        fields = line.text.split(tabs)
        if len(fields) != wide:
            raise GradatimError(f"{path}, line {line.number:,}: {len(fields)} columns where line "
                                f"{lines[0].number:,} has {wide}")  # fmt: skip
        tag = fields[-1].strip() if wide > 1 else ""
        words.append(_Word(line.sentence, fields[0].strip(), tag, line.number))
    column = wide - 1 if wide > 1 else None
    return _sentences(words), TaggedLines(text, [word.number - 1 for word in words], column, tabs)


def _sentences(words: list[_Word]) -> list[list[_Word]]:
    return [list(group) for _, group in groupby(words, key=lambda word: word.sentence)]


def _forms(sentences: list[list[_Word]]) -> list[list[str]]:
    return [[word.form for word in sentence] for sentence in sentences]


def _refuse_target(target: str | None, path: Path) -> None:
    if target is not None:
        raise UsageError(f"{path} is no CoNLL-U file: its last column is the tag; leave --target out")
