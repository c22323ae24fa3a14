"""Recordings with transcripts: by a table, by a text beside each; what is left out and named."""

import numpy as np
import pytest
import soundfile

from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of

TEXTS = ("one two", "two", "two one")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calls").mkdir()
    for number in range(3):
        tone = 0.3 * np.sin(np.arange(1600 + 400 * number) * 0.2)
        soundfile.write(tmp_path / "calls" / f"{number}.wav", tone, 8000)
    return tmp_path / "calls"


def table(folder, lines, name="said.tsv"):
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("kind", ["table", "head", "commas", "beside"])
def test_a_folder_is_known_by_its_table_or_by_the_texts_beside(folder, kind):
    if kind == "beside":
        for number, text in enumerate(TEXTS):
            (folder / f"{number}.txt").write_text(text + "\n", "utf-8")
    else:
        mark = "," if kind == "commas" else "\t"
        lines = [f"{number}.wav{mark}{text}" for number, text in enumerate(TEXTS)]
        table(
            folder,
            (["file\ttext"] if kind == "head" else []) + lines,
            f"said.{'csv' if kind == 'commas' else 'tsv'}",
        )
    found = load_data(folder)
    assert source_of(folder).kind == "transcripts" and found.layout == "pairs"
    assert found.references == tuple((text,) for text in TEXTS)
    assert found.files == ("0.wav", "1.wav", "2.wav")
    assert found.inputs.lengths.tolist() == [19, 24, 29]
    assert found.notices == ()


def test_what_has_no_partner_is_left_out_and_named(folder):
    table(folder, ["0.wav\tone", "1.wav\t ", "7.wav\tseven"])
    assert load_data(folder).notices == (
        "1 line left out that names a file that is not there: 7.wav",
        "1 recording left out that has an empty transcript: 1.wav",
        "1 recording left out that has no transcript: 2.wav",
    )
    (folder / "said.tsv").unlink()
    for name in ("0", "1", "9"):
        (folder / f"{name}.txt").write_text("so", "utf-8")
    assert load_data(folder).notices == (
        "1 text left out that has no recording: 9.txt",
        "1 recording left out that has no transcript: 2.wav",
    )


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["0.wav\tone", "1.wav"], "line 2 of .*said.tsv has 1 column: a file and what is said in it"),
        (["0.wav\tone", "0.wav\ttwo"], "line 2 of .*said.tsv names 0.wav for the second time"),
        (["0.wav\t"], "no recording in .* has a transcript"),
    ],
)
def test_a_table_that_cannot_be_is_refused(folder, lines, sentence):
    table(folder, lines)
    with pytest.raises(UsageError, match=sentence):
        load_data(folder)
