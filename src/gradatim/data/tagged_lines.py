"""The lines of a file of words, written again with other tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gradatim.data.tables.cells import Cells


@dataclass(frozen=True)
class TaggedLines:
    """A file's `lines`, on which of them each word stands (`places`), in which of a line's columns its tag,
    None where it has none, and what stands `between` columns, None for spaces.

    >>> TaggedLines(["a DET", "dog  X", "", "dogs X"], [0, 1, 3], 1).tagged(["D", "N", "N"])
    ['a D', 'dog  N', '', 'dogs N']
    >>> TaggedLines(["dogs", ""], [0], None).tagged(["N"])
    ['dogs\\tN', '']
    """

    lines: list[str] = field(repr=False)
    places: list[int] = field(repr=False)
    column: int | None = None
    between: str | None = None

    @classmethod
    def of_text(cls) -> "TaggedLines":
        """Of sentences, a line each: there is no place for tags, so words are written below each other."""
        return cls([], [])

    def tagged(self, tags: Sequence[str]) -> list[str]:
        """The lines, the tags in their column."""
        lines = list(self.lines)
        for place, tag in zip(self.places, tags, strict=True):
            lines[place] = self._with_tag(lines[place], tag)
        return lines

    def _with_tag(self, line: str, tag: str) -> str:
        if self.column is None:
            return f"{line.strip()}\t{tag}"
        if self.between is None:  # the spaces as they are, and the tag is the last
            return re.sub(r"\S+\s*$", lambda _: tag, line)
        fields = line.split(self.between)
        fields[self.column] = tag
        return self.between.join(fields)


@dataclass(frozen=True, repr=False)
class TaggedCells(Cells):
    """Words with the numbers of their sentences, and the files that they were read from, each with how many
    words it holds.
    """

    has_own_form: ClassVar[bool] = True

    files: tuple[tuple[TaggedLines, int], ...] = ()

    def as_read(self, columns: dict[str, list]) -> str:
        """The files with the predicted tags in their places; words and tags below each other where a file has
        sentences, a line each.
        """
        tags = [str(tag) for tag in columns["prediction"]]
        parts, first = [], 0
        for form, count in self.files:
            behind = first + count
            lines = form.tagged(tags[first:behind]) if form.lines else self._below(first, tags[first:behind])
            parts.append("\n".join(lines).rstrip("\n") + "\n")
            first = behind
        return "\n".join(parts)

    def below(self, parts: Sequence[Cells]) -> "TaggedCells":
        """Those of several files as one."""
        found = super().below(parts)
        files = tuple(one for part in parts for one in getattr(part, "files", ()))
        return TaggedCells(found.names, found.header, found.rows, found.delimiter, found.decimal, files)

    def _below(self, first: int, tags: Sequence[str]) -> list[str]:
        """A word and its tag a line, a blank line behind each sentence."""
        import csv

        lines, before = [], None
        for (sentence, word), tag in zip(csv.reader(self.rows[first : first + len(tags)]), tags, strict=True):
            if before not in (None, sentence):
                lines.append("")
            lines.append(f"{word}\t{tag}")
            before = sentence
        return lines
