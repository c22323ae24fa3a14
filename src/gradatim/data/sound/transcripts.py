"""What is said in recordings: a table of files and texts, or a text beside each file (curriculum E21)."""

import csv
from pathlib import Path

from gradatim.checks import UsageError
from gradatim.data.files_in_folders import files_below, files_in
from gradatim.data.pairs import Kind
from gradatim.data.sound.files import is_sound
from gradatim.data.sound.recordings import TOLD, count
from gradatim.data.text_files import read_text_file

SPEECH = Kind(
    "transcribed recordings", "transcribed recordings", "transcription", "transcripts",
    "sound files, or a folder of them", "characters",
)  # fmt: skip
TABLES = (".tsv", ".csv")
SHARE = 0.5  # of the recordings in a folder that have a text beside them, at least


def has_transcripts(folder: Path) -> bool:
    """Whether a folder holds recordings and what is said in them."""
    sounds = [one for one in files_below(folder) if is_sound(one)]
    if not sounds:
        return False
    beside = sum(one.with_suffix(".txt").exists() for one in sounds)
    return beside >= SHARE * len(sounds) or table_in(folder) is not None


def table_in(folder: Path) -> Path | None:
    """The table of files and texts in a folder: the first whose first column names a recording there."""
    for path in files_in(folder):
        if path.suffix.lower() in TABLES:
            rows = _rows(path)[:2]  # a head may stand above
            if any(len(row) > 1 and is_sound(Path(row[0])) for row in rows):
                return path
    return None


def transcripts_in(folder: Path) -> tuple[list[Path], list[str], list[str]]:
    """The recordings that have a transcript, the transcripts, and what was left out.

    Raises UsageError for a line of the table without a text, or with a file that was named before, and where
    no recording has a transcript.
    """
    table = table_in(folder)
    texts, odd = ({}, []) if table is None else _of_table(table, folder)
    sounds = [one for one in files_below(folder) if is_sound(one)]
    if table is None:
        for path in sounds:
            if path.with_suffix(".txt").exists():
                texts[path] = " ".join(read_text_file(path.with_suffix(".txt"))[0].split())
        lonely = [one for one in files_below(folder) if one.suffix == ".txt" and one.with_suffix("") not in
                  {path.with_suffix("") for path in sounds}]  # fmt: skip
        odd += _left_out([str(one.relative_to(folder)) for one in lonely], "text", "has no recording")
    empty = [path for path, text in texts.items() if not text]
    odd += _left_out([str(one.relative_to(folder)) for one in empty], "recording", "has an empty transcript")
    silent = [str(one.relative_to(folder)) for one in sounds if one not in texts]
    odd += _left_out(silent, "recording", "has no transcript")
    kept = sorted(path for path, text in texts.items() if text)
    if not kept:
        raise UsageError(f"no recording in {folder} has a transcript")
    return kept, [texts[path] for path in kept], odd


def _of_table(table: Path, folder: Path) -> tuple[dict[Path, str], list[str]]:
    """The text of each recording in a table, and which lines name none."""
    texts: dict[Path, str] = {}
    missing = []
    for number, row in enumerate(_rows(table), 1):
        if not any(row) or (number == 1 and not is_sound(Path(row[0]))):
            continue
        if len(row) < 2:
            raise UsageError(f"line {number:,} of {table} has 1 column: a file and what is said in it")
        path = folder / row[0].strip()
        if path in texts:
            raise UsageError(f"line {number:,} of {table} names {row[0]} for the second time")
        if path.is_file():
            texts[path] = " ".join(row[1].split())
        else:
            missing.append(row[0])
    return texts, _left_out(missing, "line", "names a file that is not there")


def _rows(table: Path) -> list[list[str]]:
    text, _ = read_text_file(table)
    lines = text.splitlines()
    if table.suffix.lower() == ".tsv":
        return [line.split("\t") for line in lines]
    return list(csv.reader(lines))


def _left_out(names: list[str], thing: str, what: str) -> list[str]:
    if not names:
        return []
    some = ", ".join(names[:TOLD]) + (", …" if len(names) > TOLD else "")
    many = what if len(names) == 1 else what.replace("has ", "have ").replace("names ", "name ")
    return [f"{count(len(names), thing)} left out that {many}: {some}"]
