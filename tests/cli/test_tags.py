"""Tagging from the command line: what is read is written again, with tags; what is odd is said."""

import json
from pathlib import Path

import pytest

QUICK = ("--hidden", "16", "--epochs", "12", "--lr", "0.02", "--threads", "1", "--quiet")
ROW = "{n}\t{word}\t_\t{tag}\tX\t_\t{head}\tdep\t_\tSpaceAfter=No"
SENTENCES = [[("the", "DET"), ("dog", "NOUN"), ("barks", "VERB")], [("a", "DET"), ("cat", "NOUN")]] * 20


def conllu(sentences, comment="# sent_id = {n}"):
    """Sentences with comments, a contraction and a word that is left unsaid."""
    blocks = []
    for n, sentence in enumerate(sentences, 1):
        rows = [ROW.format(n=i, word=w, tag=t, head=i - 1) for i, (w, t) in enumerate(sentence, 1)]
        rows.insert(1, "2-3\tdogbarks" + "\t_" * 8)
        blocks.append("\n".join([comment.format(n=n), *rows, "3.1\tloud" + "\t_" * 8]))
    return "\n\n".join(blocks) + "\n\n"


@pytest.fixture
def run(command):
    """A trained tagger, and its command line."""
    Path("train.conllu").write_text(conllu(SENTENCES))
    status, out, err = command("train", "train.conllu", *QUICK, "--out", "run")
    assert status == 0, err
    assert "test accuracy             1.0000" in out, out
    return command


def predicted(command, name, text, *more):
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    status, out, err = command("predict", "run", name, *more)
    assert status == 0, err
    return out


def test_the_baseline_stands_beside_the_network(run):
    rows = json.loads(Path("run/baselines.json").read_text())["rows"]
    assert [row["name"] for row in rows] == ["most frequent tag"]
    assert rows[0]["metrics"]["accuracy"] == rows[0]["metrics"]["known_words_accuracy"] == 1.0
    page = Path("run/report.html").read_text()
    assert "most frequent tag" in page and "Known and unknown words" in page
    assert "Precision and recall by tag" in page
    run("predict", "run", "train.conllu", "--out", "tagged.conllu")
    odd = Path("tagged.conllu").read_text().replace("dog\t_\tNOUN", "zebras\t_\tVERB")
    Path("odd.conllu").write_text(odd)
    found = json.loads(run("evaluate", "run", "--data", "odd.conllu", "--json")[1])["metrics"]
    assert found["unknown_words_accuracy"] == 0.0 and found["known_words_accuracy"] == 1.0
    assert found["accuracy"] == pytest.approx(80 / 100)
    out = run("evaluate", "run", "--data", "odd.conllu")[1]
    assert "unknown words accuracy  0.0000" in " ".join(out.split()).replace("accuracy 0", "accuracy  0")


def test_conllu_is_written_again_with_only_its_column_changed(run):
    text = conllu([[("the", "NOUN"), ("dog", "_"), ("barks", "X")], [("a", "_"), ("cat", "_")]])
    out = predicted(run, "new.conllu", text)
    changed = [(a, b) for a, b in zip(text.rstrip("\n").split("\n"), out.split("\n"), strict=False) if a != b]
    assert all(
        a.split("\t")[:3] == b.split("\t")[:3] and a.split("\t")[4:] == b.split("\t")[4:] for a, b in changed
    )
    tags = [
        line.split("\t")[3]
        for line in out.split("\n")
        if line[:1].isdigit() and line.split("\t")[0].isdigit()
    ]
    assert tags == ["DET", "NOUN", "VERB", "DET", "NOUN"]
    run("predict", "run", "new.conllu", "--out", "again.conllu")
    assert Path("again.conllu").read_text() == out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the X\ndog  X\n\na X\ncat X\n", "the DET\ndog  NOUN\n\na DET\ncat NOUN\n"),
        ("the\tX\ndog\tX\n\na\tX\n", "the\tDET\ndog\tNOUN\n\na\tDET\n"),
        ("the\ndog\n\n\na\ncat", "the\tDET\ndog\tNOUN\n\n\na\tDET\ncat\tNOUN\n"),
        ("the dog barks\na cat\n", "the\tDET\ndog\tNOUN\nbarks\tVERB\n\na\tDET\ncat\tNOUN\n"),
        ("the dog\n\n\na cat\n", "the\tDET\ndog\tNOUN\n\na\tDET\ncat\tNOUN\n"),
        ("the NOUN\ndog NOUN\n", "the DET\ndog NOUN\n"),
        (b"\xef\xbb\xbfthe\r\ndog\r\n\r\na\r\n", "the\tDET\ndog\tNOUN\n\na\tDET\n"),
    ],
)
def test_columns_words_and_sentences(run, text, expected):
    """Columns whose last is no known tag, unless tabs part them, are sentences."""
    if isinstance(text, str) and " X" in text:
        text = text.replace(" X", " VERB")
    assert predicted(run, "new.txt", text) == expected


def test_a_table_where_one_is_asked_for(run):
    predicted(run, "new.txt", "the dog\na cat\n", "--out", "tags.csv")
    rows = Path("tags.csv").read_text().split("\n")
    assert rows[0].startswith("sentence,word,prediction,probability,p(DET)") and rows[4].startswith(
        "2,cat,NOUN"
    )


def test_unknown_words_and_the_longest_sentence_are_tagged(run):
    out = predicted(run, "new.txt", " ".join(["the", "žába"] * 300))
    words, tags = zip(*(line.split("\t") for line in out.splitlines()), strict=True)
    assert words == ("the", "žába") * 300 and set(tags) <= {"DET", "NOUN", "VERB"} and tags[0] == "DET"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty|no word"),
        (b"\n\n\n", "holds no word"),
        (b"a\tDET\ndog\n", "line 2: 1 columns where line 1 has 2|has no word"),
        (b"\x00\x01\x02", "is binary, not a text"),
        (b"\xff\xfea", "UTF-16"),
        (b"caf\xe9 X\n", "is not UTF-8: line 1 has a byte E9"),
        (b"a DET\ndog\n", "line 2: 1 columns where line 1 has 2"),
        (b"a DET\ndog NOUN X\n", "line 2: 3 columns where line 1 has 2"),
        (b"a\n", "2 classes|1 tags|learning needs two|no target|has no"),
        (b"a DET\n\nb DET\n", "learning needs two"),
    ],
)
def test_what_cannot_be_learned_is_named(command, content, sentence):
    import re

    Path("bad.conll").write_bytes(content)
    status, _, err = command("train", "bad.conll", *QUICK)
    assert status in (1, 2) and re.search(sentence, err) and "Traceback" not in err, err


def test_a_tag_that_training_has_not_is_refused(run):
    Path("other.conllu").write_text(conllu([[("the", "DET"), ("hm", "INTJ"), ("dog", "NOUN")]]))
    status, _, err = run("evaluate", "run", "--data", "other.conllu")
    assert status == 2 and "holds the tag 'INTJ', which the network does not know" in err
    status, _, err = run("train", "train.conllu", "--test", "other.conllu", *QUICK)
    assert status == 2 and "INTJ" in err
