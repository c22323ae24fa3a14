"""Files of words and their tags: CoNLL-U, and columns."""

import gzip

import numpy as np
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of

CONLLU = """# sent_id = 1
1\tDogs\tdog\tNOUN\tNNS\t_\t2\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\t_
3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
3.1\tsing\tsing\tVERB\tVB\t_\t_\t_\t_\t_

# sent_id = 2
1\tdogs\tdog\tNOUN\tNNS\t_\t0\troot\t_\t_
"""
COLUMNS = "Dogs NNS\ndo VBP\nn't RB\n\n\ndogs NNS\n"


def write(path, text):
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.conllu", "a.conllu.gz", "a.txt"])
def test_words_and_tags_of_conllu(tmp_path, name):
    data = load_data(write(tmp_path / name, CONLLU), task="tagging")
    assert data.words() == [["Dogs", "do", "n't"], ["dogs"]]
    assert data.classes == ("AUX", "NOUN", "PART") and data.y.tolist() == [1, 0, 2, 1]
    assert data.targets == ("upos",) and data.numbers.offsets.tolist() == [0, 3, 4]


def test_another_column_of_conllu(tmp_path):
    file = write(tmp_path / "a.conllu", CONLLU)
    assert load_data(file, "xpos").classes == ("NNS", "RB", "VBP")
    with pytest.raises(UsageError, match="did you mean upos"):
        load_data(file, "upso")


@pytest.mark.parametrize("between", [" ", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns(tmp_path, between, end):
    file = write(tmp_path / "a.txt", COLUMNS.replace(" ", between).replace("\n", end))
    data = load_data(file, task="tagging")
    assert data.words() == [["Dogs", "do", "n't"], ["dogs"]] and data.targets == ("tag",)
    assert [data.classes[tag] for tag in data.y] == ["NNS", "VBP", "RB", "NNS"]
    with pytest.raises(UsageError, match="is no CoNLL-U file: its last column is the tag"):
        load_data(file, "upos", task="tagging")


@pytest.mark.parametrize("comment", ["# sent_id = 1\n", "# a b c\n", ""])
def test_a_hash_is_a_word_where_its_line_has_the_columns_of_a_word(tmp_path, comment):
    data = load_data(write(tmp_path / "a.txt", f"{comment}He X\n# SYM\n1 Y\n"), task="tagging")
    assert data.words() == [["He", "#", "1"]] and data.classes == ("SYM", "X", "Y")


@pytest.mark.parametrize(
    ("text", "words", "form"),
    [
        ("cats\nsing\n", [["cats", "sing"]], ["cats\tRB", "sing\tVBP", ""]),
        ("cats NNS\nsing RB\n", [["cats", "sing"]], ["cats RB", "sing VBP", ""]),
        ("cats sing\ndogs sleep\n", [["cats", "sing"], ["dogs", "sleep"]], []),
        ("cats sing\n\nno\n", [["cats", "sing"], ["no"]], []),
        ("cats\tsing\n", [["cats"]], None),
    ],
)
def test_new_files_are_words_columns_or_sentences(tmp_path, text, words, form):
    first = load_data(write(tmp_path / "a.txt", COLUMNS), task="tagging")
    new = source_of(tmp_path / "a.txt", "tagging").new(write(tmp_path / "b.txt", text), first)
    assert new.examples.words() == words
    if form is not None:
        ((lines, count),) = new.beside.files
        assert count == sum(map(len, words))
        assert lines.tagged(["RB", "VBP"] if form else []) == form


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("", GradatimError, "empty|no word"),
        ("\n\n# only\n", UsageError, "holds no word"),
        ("a DET\ndog\n", GradatimError, "line 2: 1 columns where line 1 has 2"),
        (CONLLU + "1\tlone\n", GradatimError, "line 10: 2 fields where CoNLL-U has 10"),
        (CONLLU.replace("NOUN", "_", 1), GradatimError, "line 2: the word has no tag"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, text, error, sentence):
    with pytest.raises(error, match=sentence):
        load_data(write(tmp_path / "a.conllu", text))


def test_the_parts_have_no_common_sentence(tmp_path):
    file = write(tmp_path / "a.txt", "\n\n".join(f"w{i} {'AB'[i % 2]}" for i in range(50)))
    data = load_data(file, task="tagging")
    parts = source_of(file, "tagging").divide(data, 0.1, 0.2)
    assert parts.sizes() == {"train": 36, "valid": 4, "test": 10}
    found = sorted(word for part in parts for (word,) in part.words())
    assert found == sorted(f"w{i}" for i in range(50))


def test_other_files_have_the_same_tags(tmp_path):
    first = load_data(write(tmp_path / "a.txt", COLUMNS), task="tagging")
    source = source_of(tmp_path / "a.txt", "tagging")
    later = source.like(write(tmp_path / "b.txt", "n't RB\ncats NNS\n"), first)
    assert later.y.tolist() == [first.classes.index("RB"), first.classes.index("NNS")]
    with pytest.raises(UsageError, match="holds the tag 'NN', which the network does not know"):
        source.like(write(tmp_path / "c.txt", "cat NN\n"), first)
    new = source.new(write(tmp_path / "d.txt", "cats\nsing\n\nno\n"), first)
    assert new.examples.y is None and new.beside.rows == ["1,cats", "1,sing", "2,no"]


def test_rare_words_and_unknown_ones_are_one_symbol(tmp_path):
    from gradatim.data.encoders.words import Words
    from gradatim.problems.choose import pose

    data = load_data(write(tmp_path / "a.txt", "b X\na X\nb Y\n\na X\na Y\nB X\nc X\n"), task="tagging")
    words = Words.fit(data)
    assert words.words == ("a", "b") and words.symbols == 3
    found = words.prepare(data, pose(data.question), np.float32)
    assert found.values.tolist() == [2, 1, 2, 1, 1, 2, 0]  # B is b, as it stands nowhere else
    assert Words.from_dict(words.as_dict()) == words
