"""Texts with classes: from folders, files of two columns, tables and memory, and what is wrong with them."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data.labelled_texts import LabelledTexts, labelled_texts
from gradatim.data.loading import load_data
from gradatim.data.sentence_polarity import rt_polarity
from gradatim.data.sources.source import Request, request_of, source_like, source_of
from gradatim.data.splits import split
from gradatim.data.tables.text_columns import as_texts, only_text
from gradatim.jobs.data import describe_data
from gradatim.planning.data_options import DataOptions
from gradatim.planning.find_data import find_data

ROWS = [
    ("pos", "a good film"),
    ("neg", "a bad film"),
    ("pos", "good, very good"),
    ("neg", "too long, so bad"),
]
TEXTS = tuple(text for _, text in ROWS)
ASKED = request_of(task="classification")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def folder(name="mails", rows=ROWS):
    for number, (label, text) in enumerate(rows):
        path = Path(name, label, f"{number}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return name


def read(data, task="classification"):
    asked = request_of(task=task)
    source = source_of(data, task, asked.roles)
    assert source.kind == "labelled texts"
    return source.read(data, asked)


FILES = {
    "label first.txt": "".join(f"{c}\t{t}\n" for c, t in ROWS),
    "text first.tsv": "".join(f"{t}\t{c}\n" for c, t in ROWS),
    "named.tsv": "label\ttext\n" + "".join(f"{c}\t{t}\n" for c, t in ROWS),
    "blank lines.txt": "\n\n".join(f"{c}\t{t}" for c, t in ROWS),
    "crlf.txt": "\ufeff" + "".join(f"{c}\t{t}\r\n" for c, t in ROWS),
    "commas.csv": "".join(f'{c},"{t}"\n' for c, t in ROWS),
    "fast.txt": "".join(f"__label__{c} {t}\n" for c, t in ROWS),
}


@pytest.mark.parametrize("name", FILES)
def test_a_class_and_a_text_a_line(name):
    Path(name).write_bytes(FILES[name].encode())
    found = read(name)
    assert found.texts == TEXTS and found.classes == ("neg", "pos") and found.y.tolist() == [1, 0, 1, 0]
    assert found.source == {"path": str(Path(name).resolve()), "task": "classification"}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_other_encodings_are_read(encoding):
    rows = [("pos", "très bien – bon film"), ("neg", "une déception"), ("neg", "ennuyeux, hélas")]
    Path("a.txt").write_bytes("".join(f"{c}\t{t}\n" for c, t in rows).encode(encoding))
    found = read("a.txt")
    assert found.texts == tuple(text for _, text in rows)
    assert found.notices == (
        ("a.txt is not UTF-8 and is read as latin-1, as Windows extends it",) if encoding == "cp1252" else ()
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("pos\ta good film\nneg\n", "line 2: 1 column; a class and a text are two, parted by a tab"),
        ("pos\ta good film\n\nneg\tso\tbad\n", "line 3: 3 columns; a class and a text are two"),
        ("__label__pos good\nso bad\n", "line 2 does not begin with __label__ and a class"),
        ("__label__pos __label__fun good\n", "line 1 has two classes; a text here has one"),
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("label\ttext\n", "holds no text below the names of its columns"),
    ],
)
def test_a_file_that_cannot_be_is_refused(content, sentence):
    from gradatim.data.sources.labelled_texts import LabelledTextSource

    Path("a.txt").write_text(content)
    with pytest.raises(GradatimError, match=f"^a.txt.*{sentence}"):
        LabelledTextSource().read("a.txt", ASKED)


def test_lines_without_a_class_are_left_out_and_empty_texts_are_said():
    Path("a.txt").write_text("pos\tgood one\nneg\t\n\tlost here\nneg\tbad one\n")
    found = read("a.txt")
    assert found.texts == ("good one", "", "bad one") and found.y.tolist() == [1, 0, 0]
    assert found.notices == (
        "1 line has no class and is left out, the first of them line 3",
        "1 text is empty, the first of them number 2: it says no more than how common the classes are",
    )


def test_a_text_of_a_novel_and_a_table_stay_what_they_are():
    Path("book.txt").write_text("To be or not to be,\nthat is the question.\n")
    assert source_of("book.txt").kind == source_of("book.txt", "classification").kind == "text"
    Path("a.csv").write_text("review,liked\na good film,yes\na bad film,no\na good one,yes\n")
    assert source_of("a.csv").kind == source_of("a.csv", "classification").kind == "table"
    Path("numbers.tsv").write_text("1\t2\n3\t4\n")
    assert source_of("numbers.tsv", "classification").kind == "table"
    Path("named.tsv").write_text(FILES["named.tsv"])
    table = source_of("named.tsv", "classification").read(
        "named.tsv", request_of("label", task="classification")
    )
    assert table.features == ("text",)  # what names a target is a table


def test_a_folder_for_each_class():
    found = read(folder(), None)
    assert source_of("mails").kind == "labelled texts"
    order = ["neg/1.txt", "neg/3.txt", "pos/0.txt", "pos/2.txt"]
    assert found.files == tuple(order) and found.y.tolist() == [0, 0, 1, 1]
    assert found.texts == tuple(TEXTS[int(name[4])] for name in order)
    assert found.source == {"path": str(Path("mails").resolve())}


def test_publishers_parts_are_kept():
    folder("reviews/train"), folder("reviews/test", ROWS[:2])
    found = read("reviews", None)
    parts = split(found)
    assert parts.test.files == ("test/neg/1.txt", "test/pos/0.txt") and len(parts.train) == 4
    assert found.official_valid is None


def test_what_is_odd_of_a_folder_is_said():
    folder()
    Path("mails/pos/a.pdf").write_bytes(b"%PDF-1.4")
    Path("mails/pos/b.txt").write_bytes(b"\x89PNG\0\0")
    Path("mails/neg/c.txt").write_bytes("déjà vu".encode("latin-1"))
    Path("mails/read me.txt").write_text("of mine")
    Path("mails/none").mkdir()
    found = read("mails", None)
    assert len(found) == 5 and "déjà vu" in found.texts
    assert found.notices == (
        "c.txt is not UTF-8 and is read as latin-1, as Windows extends it; so is every other file that is "
        "not UTF-8",
        "the folder none holds no text and is left out",
        "1 file in pos is no text by its name, such as a.pdf",
        "1 file cannot be read and is left out: mails/pos/b.txt is a picture",
        "1 text file, such as read me.txt, is beside the classes' folders and left out",
    )


def test_a_folder_of_pictures_or_of_nothing_is_none_of_texts():
    Path("empty/a").mkdir(parents=True)
    assert source_of("empty").kind == "picture folder"
    folder()
    Path("mails/pos/1.png").write_bytes(b"\x89PNG")
    assert source_of("mails").kind == "picture folder"


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Series, pl.Series])
def test_texts_in_memory(make):
    found = read((make([*TEXTS]), ["b", "a", "b", "a"]), None)
    assert found.texts == TEXTS and found.classes == ("a", "b") and found.y.tolist() == [1, 0, 1, 0]
    assert all(type(text) is str for text in found.texts)
    with pytest.raises(UsageError, match="4 texts but 3 labels"):
        read((make([*TEXTS]), [1, 2, 3]), None)


def test_a_missing_text_in_memory_is_empty():
    found = read((pd.Series([TEXTS[0], None, np.nan, TEXTS[1]]), ["b", "a", "b", "a"]), None)
    assert found.texts == (TEXTS[0], "", "", TEXTS[1]) and "2 texts are empty" in found.notices[0]


def test_what_texts_have_no_use_for_is_refused():
    pair = ([*TEXTS], [1, 2, 1, 2])
    with pytest.raises(UsageError, match="told apart by their classes; --task regression is for others"):
        source_of(pair).read(pair, request_of(task="regression"))
    with pytest.raises(UsageError, match="--group is not for texts whose classes stand beside them"):
        source_of(pair).read(pair, request_of(group="a"))


def test_others_are_counted_through_the_first_ones_classes():
    first = labelled_texts(TEXTS, ["pos", "neg", "fair", "neg"])
    Path("more.txt").write_text("fine film\tpos\nso so\tneg\n")
    source = source_like("more.txt", first, "classification")
    assert source.like("more.txt", first).y.tolist() == [2, 1]
    assert source.like((["fine"], ["fair"]), first).y.tolist() == [0]
    Path("odd.txt").write_text("fine film\tpos\nso so\tawful\n")
    with pytest.raises(UsageError, match="the label 'awful', which the network does not know"):
        source.like("odd.txt", first)
    with pytest.raises(UsageError, match="there are no classes to compare with"):
        source.like([*TEXTS], first)


def new(data, first):
    return source_like(data, first, "classification").new(data, first)


def test_what_is_predicted_from_has_no_class():
    first = labelled_texts(TEXTS, ["pos", "neg", "pos", "neg"])
    Path("lines.txt").write_text("a good film\n\na tab\tin it\n")
    found = new("lines.txt", first)
    assert found.examples.texts == ("a good film", "a tab\tin it") and found.examples.y is None
    assert found.beside.rows == ["1,a good film", "3,a tab\tin it"]
    Path("both.txt").write_text(FILES["label first.txt"])
    assert new("both.txt", first).examples.texts == TEXTS
    assert new([*TEXTS], first).examples.texts == TEXTS
    folder()
    Path("mails/loose.txt").write_text("loose")
    assert new("mails", first).examples.files[0] == "loose.txt"
    Path("none").mkdir()
    with pytest.raises(UsageError, match="none holds no text file"):
        new("none", first)
    with pytest.raises(UsageError, match="the network learns from labelled texts: give it a list of texts"):
        source_like([*TEXTS], first).new(np.eye(3), first)


def table(n=40):
    known = ["good", "bad", "film", "plot", "fine", "dull", "scene"]
    words = np.random.default_rng(0).choice(known, (n, 5))
    liked = np.where(words[:, 0] < "d", "no", "yes")
    return pd.DataFrame({"review": [" ".join(row) for row in words], "liked": liked})


def test_a_tables_only_column_of_free_text_is_texts_where_it_is_learned_from():
    table().to_csv("r.csv", index=False)
    found = find_data("r.csv", DataOptions(target="liked")).train
    assert isinstance(found, LabelledTexts)
    assert (found.features, found.targets, found.classes) == (("review",), ("liked",), ("no", "yes"))
    assert found.source["as_texts"] and "the only input is the free text 'review'" in found.notices[0]
    rows = find_data("r.csv", DataOptions(target="liked", as_texts=False)).train
    assert rows.layout == "rows" and load_data("r.csv", "liked").layout == "rows"
    two = table().assign(length=np.arange(40) % 7)
    assert find_data(two, DataOptions(target="liked")).train.layout == "rows"
    assert find_data(two, DataOptions(target="liked", ignore="length")).train.layout == "padded"
    number = two.assign(length=np.linspace(0, 1, 40))
    assert find_data(number, DataOptions(target="length", ignore="liked")).train.layout == "rows"


def test_a_column_of_another_table_is_read_like_it():
    whole = load_data(table(), "liked")
    first = as_texts(whole, only_text(whole))
    other = table(50).assign(other=1)[["liked", "other", "review"]]
    source = source_like(other, first, "classification")
    found = source.like(other, first)
    assert found.texts == tuple(other["review"]) and found.y.tolist() == (other["liked"] == "yes").tolist()
    other.loc[3, "review"] = None
    other.to_csv("other.csv", index=False)
    fresh = new("other.csv", first)
    assert fresh.examples.texts[3] == "" and fresh.examples.texts[4] == other["review"][4]
    assert fresh.beside.rows == Path("other.csv").read_text().splitlines()[1:]
    with pytest.raises(UsageError):
        new(other.drop(columns="review"), first)


def test_rt_polarity_is_as_published():
    found = rt_polarity()
    assert len(found) == 10_662 and np.bincount(found.y).tolist() == [5331, 5331]
    assert found.texts[0] == "simplistic , silly and tedious ."
    facts = describe_data("rt-polarity")
    assert facts["splits"] == {"train": 7677, "valid": 853, "test": 2132}
    assert source_of("rt-polarity").read("rt-polarity", Request()).source == {"name": "rt-polarity"}
    few = labelled_texts(TEXTS, ["pos", "neg", "pos", "neg"])
    assert len(source_like("rt-polarity", few).like("rt-polarity", few)) == 10_662
    with pytest.raises(UsageError, match="digits holds none"):
        source_like("digits", few).like("digits", few)


def test_the_page_says_what_is_there():
    from gradatim.jobs.data import data_page

    folder()
    facts, page = data_page("mails")
    assert facts["counts"] == {"neg": 2, "pos": 2} and facts["words"] == 13 and facts["longest"] == 4
    assert page[0] == "mails: 4 texts of 13 words; the longest has 4"
