"""Pairs of sentences: which files they are, what is refused of them, and how they are divided."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.splits import split

DE = [f"ein Hund läuft {n} mal" for n in range(30)]
EN = [f"a dog runs {n} times" for n in range(30)]


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def columns(tmp_path):
    return written(tmp_path / "pairs.tsv", map("\t".join, zip(DE, EN, strict=True)))


def test_a_file_of_two_columns_of_sentences_is_known_by_them(columns):
    found = load_data(str(columns))
    assert found.layout == "pairs"
    assert found.inputs == tuple(DE)
    assert found.references == tuple((one,) for one in EN)


def test_few_pairs_that_come_again_are_pairs(tmp_path):
    again = written(tmp_path / "a.tsv", [f"{a}\t{b}" for a, b in zip(DE[:2], EN[:2], strict=True)] * 20)
    assert source_of(str(again)).kind == "sentence pairs"


def test_two_files_and_two_lists_are_the_same(columns, tmp_path):
    a, b = written(tmp_path / "a.de", DE), written(tmp_path / "b.en", EN)
    first = load_data(str(columns)).fingerprint
    assert load_data(f"{a},{b}").fingerprint == first
    assert load_data((DE, EN), task="translation").fingerprint == first


def test_other_tables_are_no_pairs(tmp_path):
    labels = written(tmp_path / "a.tsv", [f"{text}\t{n % 2}" for n, text in enumerate(DE)])
    assert source_of(str(labels)).kind == "table"
    few = written(
        tmp_path / "b.tsv", [f"{text}\t{'so good' if n % 2 else 'so bad'}" for n, text in enumerate(DE)]
    )
    assert source_of(str(few)).kind == "table"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ein Hund", "line 31 of .* has 1 column"),
        ("ein Hund\ta dog\tun chien", "line 31 of .* has 3 columns"),
        ("ein Hund\t ", "the second sentence of line 31 of .* is empty"),
        ("\ta dog", "the first sentence of line 31 of .* is empty"),
    ],
)
def test_a_line_that_is_no_pair_is_named(columns, line, sentence):
    columns.write_text(columns.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(UsageError, match=sentence):
        load_data(str(columns), task="translation")


def test_files_of_unequal_length_name_the_line(tmp_path):
    a, b = written(tmp_path / "a.de", DE), written(tmp_path / "b.en", EN[:-2])
    with pytest.raises(UsageError, match=r"has 30 lines but .* 28: line 29 of .*a\.de has no partner"):
        load_data(f"{a},{b}")
    with pytest.raises(UsageError, match=r"line 3 of .*b\.en is empty, and its partner is not"):
        load_data(f"{a},{written(b, [*EN[:2], '', *EN[3:]])}")


def test_a_long_sentence_is_noticed(tmp_path):
    found = load_data((["viele " * 10_000, *DE], ["many " * 10_000, *EN]), task="translation")
    assert "1 sentence is longer than 400 words, the first of them number 1" in found.notices[0]


def test_parts_are_drawn_by_the_fingerprint_and_the_vocabulary_is_of_training(columns):
    parts = split(load_data(str(columns), vocabulary=50))
    assert parts.sizes() == {"train": 22, "valid": 2, "test": 6}
    assert set("".join(parts.train.answers.symbols[2:])) <= set(
        "".join("▁".join(one[0].split()) for one in parts.train.references) + "▁"
    )
    assert len(parts.train.answers) <= 50
    assert not set(parts.train.inputs) & set(parts.test.inputs)


def test_the_official_parts_of_multi30k():
    found = load_data("multi30k")
    assert (len(found), int(found.official_test.sum()), int(found.official_valid.sum())) == (
        31_014,
        1000,
        1014,
    )
    row = int(np.flatnonzero(found.official_test)[0])
    assert found.inputs[row] == "Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt."
    assert found.references[row] == ("A man in an orange hat starring at something.",)
