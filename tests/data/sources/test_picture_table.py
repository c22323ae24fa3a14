"""Tables that name pictures: what is read of each row, and what is odd of their files."""

import gzip

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import request_of, source_of
from gradatim.data.splits import split
from gradatim.jobs.data import describe_data

HEAD = "file,kind,ink,odd,tags,person"


def draw(path, grey, size=(6, 6)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, grey).save(path)


def row(i):
    tags = ";".join(name for name, there in (("odd", i % 2), ("low", i < 10)) if there)
    return f"{i}.png,{'abc'[i % 3]},{i / 8},{i % 2},{tags},p{i % 6}"


@pytest.fixture
def photos(tmp_path):
    """24 pictures, whose grey is ten times their number, in a folder beside the table."""
    for i in range(24):
        draw(tmp_path / "images" / f"{i}.png", 10 * i)
    return tmp_path


def write(folder, lines, name="labels.csv"):
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


def table(folder, columns=("file", "kind"), name="labels.csv", more=()):
    """A table of some of the columns."""
    places = [HEAD.split(",").index(column) for column in columns]
    rows = [row(i).split(",") for i in range(24)]
    lines = [",".join(columns), *(",".join(one[place] for place in places) for one in rows), *more]
    return write(folder, lines, name)


def kind_of(path):
    return source_of(path).kind


def test_of_one_other_column_that_is_the_target(photos):
    data = load_data(table(photos))
    assert data.x.shape == (24, 1, 6, 6) and data.x[:, 0, 0, 0].tolist() == [10 * i for i in range(24)]
    assert data.classes == ("a", "b", "c") and data.y.tolist() == [i % 3 for i in range(24)]
    assert data.files == tuple(f"{i}.png" for i in range(24)) and data.task == "classification"
    assert data.notices == ("column 'file' names 24 pictures; 'kind' is learned",)
    assert data.source == {"path": str(photos / "labels.csv"), "target": "kind"}
    assert load_data(str(photos / "labels.csv"), task="classification").fingerprint == data.fingerprint


@pytest.mark.parametrize("task", [None, "classification"])
@pytest.mark.parametrize("form", ["folder", "absolute", "windows", "semicolons", "tabs", "gzip", "bare"])
def test_names_and_tables_in_any_form(form, task, photos):
    path, data = table(photos), load_data(table(photos))
    text = path.read_text()
    lines = text.splitlines()
    before = {"folder": "images/", "absolute": f"{photos}/images/", "windows": "images\\"}.get(form, "")
    text = "\n".join([lines[0], *(before + line for line in lines[1:])])
    name = {"tabs": "a.tsv", "gzip": "a.csv.gz"}.get(form, "a.csv")
    text = text.replace(",", {"semicolons": ";", "tabs": "\t"}.get(form, ","))
    text = "\n".join(lines[1:]) if form == "bare" else text
    content = text.encode()
    (photos / name).write_bytes(gzip.compress(content) if form == "gzip" else content)
    found = load_data(photos / name, task=task)
    np.testing.assert_array_equal(found.x, data.x)
    np.testing.assert_array_equal(found.y, data.y)
    assert found.classes == data.classes


def test_several_columns_ask_which_is_learned(photos):
    path = table(photos, HEAD.split(","))
    with pytest.raises(
        UsageError, match=r"in its column 'file'; say with --target which .*'kind', 'ink', 'odd'"
    ):
        load_data(path)
    facts = describe_data(path)
    assert facts["n"] == 24 and "--target says which is learned" in facts["notices"][0]
    number = load_data(path, target="ink")
    np.testing.assert_array_equal(number.y, np.arange(24) / 8)
    assert number.task == "regression" and number.notices[0].startswith(
        "column 'file' names 24 pictures; 'ink' is learned; 'kind', 'odd', 'tags', 'person' are not read"
    )
    several = load_data(path, target="kind,ink")
    assert several.task == "tasks" and [name for name, _ in several.tasks] == ["kind", "ink"]
    assert several.y[:, 1].tolist() == number.y.tolist()


def test_labels_in_columns_and_in_one(photos):
    lines = ["file,odd,low", *(f"{i}.png,{i % 2},{int(i < 10)}" for i in range(24))]
    two = load_data(write(photos, lines), target="odd,low")
    one = load_data(table(photos, ("file", "tags"), "tags.csv"), task="multilabel")
    assert two.task == one.task == "multilabel" and one.labels.names == ("low", "odd")
    np.testing.assert_array_equal(two.y[:, ::-1], one.y)  # low, odd: by the alphabet


def test_people_are_kept_together(photos):
    data = load_data(table(photos, ("file", "kind", "person")), group="person")
    parts = [{int(file.partition(".")[0]) % 6 for file in part.files} for part in split(data, valid=0.2)]
    assert all(not one & other for one, other in zip(parts, (*parts[1:], parts[0]), strict=True))
    assert data.targets == ("kind",) and data.source["group"] == "person"


def test_a_column_says_the_publisher_s_parts(photos):
    part = ["train", "Val", "test"]
    lines = ["file,kind,person,split", *(
        f"{i}.png,{'ab'[i % 2]},p{i % 6},{part[(i > 15) + (i > 19)]}" for i in range(24)
    )]  # fmt: skip
    data = load_data(write(photos, lines), target="kind", group="person")
    assert [len(one) for one in split(data)] == [16, 4, 4]
    assert split(data).test.files == tuple(f"{i}.png" for i in range(20, 24))
    assert "'split' says which are for training and for the test" in data.notices[0]
    assert data.notices[1] == (
        "column 'person': 6 of its 6 values are in two parts of the table; --ignore its column of parts, and "
        "none is"
    )
    assert load_data(photos / "labels.csv", "kind", ignore="split").official_test is None
    wrong = write(photos, [*lines[:-1], "23.png,c,p1,test"], "wrong.csv")
    with pytest.raises(GradatimError, match="the class c is in the test part, but not in training"):
        load_data(wrong, "kind")
    lone = write(photos, [line.replace(",test", ",val") for line in lines], "lone.csv")
    assert load_data(lone, "kind").official_test.sum() == 8  # validation alone is the test


def test_a_table_whose_pictures_are_not_there_or_not_wanted_is_a_table(photos, tmp_path):
    path = table(photos, HEAD.split(","))
    assert kind_of(path) == "picture table"
    data = load_data(path, "kind", ignore="file")
    assert data.features and "file" not in data.features and data.columns
    other = table(tmp_path / "images", HEAD.split(","), "here.csv")
    assert kind_of(other) == "picture table"  # the files stand beside it
    (tmp_path / "elsewhere").mkdir()
    assert kind_of(table(tmp_path / "elsewhere", HEAD.split(","))) == "table"
    with pytest.raises(GradatimError, match="24 of the 24 pictures in its column 'file' are not there"):
        load_data(table(tmp_path / "elsewhere"))  # which has nothing else to learn from
    assert kind_of(write(photos, ["a,b", "1,2", "3,4"], "numbers.csv")) == "table"
    with pytest.raises(UsageError, match="--schema is not for tables that name pictures"):
        load_data(path, "kind", schema={"columns": []})


def test_rows_without_a_picture_are_counted_and_named(photos):
    (photos / "images" / "torn.png").write_bytes(b"\x89PNG")
    path = table(photos, more=("x.png,a", "y.png,b", ",a", "torn.png,a", "5.png,"))
    data = load_data(path)
    assert len(data) == 24 and data.classes == ("a", "b", "c")
    assert data.notices[0] == "column 'file' names 25 pictures; 'kind' is learned"
    assert "1 row without a target left out" in data.notices
    assert "2 rows name pictures that are not there, and are left out, such as x.png, y.png" in data.notices
    assert "1 row names no picture, and is left out" in data.notices
    assert any(one.startswith("1 of 25 files cannot be read") for one in data.notices)


def test_where_most_pictures_are_not_there_the_rest_is_not_learned(photos):
    path = table(photos, more=[f"x{i}.png,a" for i in range(25)])
    with pytest.raises(
        GradatimError, match=r"25 of the 49 pictures in its column 'file' are not there: x0.png, "
    ):
        load_data(path)
    for i in range(13):
        (photos / "images" / f"{i}.png").write_bytes(b"")
    with pytest.raises(GradatimError, match="13 of 24 pictures cannot be read, more than half"):
        load_data(table(photos))


def test_a_class_whose_pictures_cannot_be_read_is_none(photos):
    (photos / "images" / "torn.png").write_bytes(b"\x89PNG")
    data = load_data(table(photos, more=("torn.png,aa",)))
    assert data.classes == ("a", "b", "c") and data.y.tolist() == [i % 3 for i in range(24)]


def test_a_name_that_may_be_two_files_is_refused(photos):
    draw(photos / "more" / "3.png", 1)
    with pytest.raises(UsageError, match=r"3\.png may be images/3\.png and more/3\.png; write its folder"):
        load_data(table(photos))


def test_the_same_picture_with_two_answers_is_said(photos):
    draw(photos / "images" / "copy.png", 20)  # which is 2.png, a c
    notices = load_data(table(photos, more=("copy.png,a",))).notices
    assert "2.png and copy.png are the same picture in two classes" in notices


def test_other_tables_are_read_like_the_first(photos, tmp_path):
    first, source = load_data(table(photos)), source_of(photos / "labels.csv")
    draw(tmp_path / "new" / "a.png", 7, (12, 12))
    other = write(tmp_path / "new", ["what,FILE,Kind", "big,a.png,b"], "other.csv")
    found = source.like(other, first)
    assert found.x.shape == (1, 1, 6, 6) and found.y.tolist() == [1] and found.classes == first.classes
    new = source.new(write(tmp_path / "new", ["a.png", "none.png"], "bare.csv"), first)
    assert new.examples.files == ("a.png",) and new.beside.rows == ["a.png"]
    assert any("none.png" in notice for notice in new.examples.notices)
    with pytest.raises(UsageError, match="'d', which the network does not know"):
        source.like(write(tmp_path / "new", ["file,kind", "a.png,d"], "bad.csv"), first)
    with pytest.raises(
        GradatimError, match=r"1 of the 1 pictures in its column 'file' are not there: z\.png"
    ):
        source.new(write(tmp_path / "new", ["file", "z.png"], "lost.csv"), first)
    same = source.like(photos / "labels.csv", first).notices
    assert same[-1].startswith("24 pictures of labels are among the examples of labels, too, such as 0.png")


def test_a_folder_s_network_reads_a_table_s_classes(photos, tmp_path):
    for i in range(4):
        draw(tmp_path / "sorted" / "ab"[i % 2] / f"{i}.png", 9 * i)
    first = load_data(tmp_path / "sorted")
    path = write(photos, ["file,size,shown", *(f"{i}.png,{i},{'ab'[i % 2]}" for i in range(24))])
    assert source_of(path).like(path, first).y.tolist() == [i % 2 for i in range(24)]


def test_a_frame_names_files_from_where_one_is(photos, monkeypatch):
    pandas = pytest.importorskip("pandas")
    monkeypatch.chdir(photos)
    frame = pandas.DataFrame({"file": [f"images/{i}.png" for i in range(24)], "kind": list("abc") * 8})
    data = load_data(frame, "kind")
    np.testing.assert_array_equal(data.x, load_data(table(photos)).x)
    assert data.source["memory"] and data.y.tolist() == [i % 3 for i in range(24)]


def test_a_question_without_a_target_needs_none(photos):
    path = table(photos)
    data = source_of(path).read(path, request_of(reads_target=False))
    assert data.y is None and len(data) == 24
    assert source_of(path).like(path, data).y is None


def test_a_parquet_file_names_pictures(photos):
    polars = pytest.importorskip("polars")
    data = load_data(table(photos))
    polars.read_csv(table(photos)).write_parquet(photos / "labels.parquet")
    assert kind_of(photos / "labels.parquet") == "picture table"
    found = load_data(photos / "labels.parquet")
    np.testing.assert_array_equal(found.x, data.x)
    assert found.y.tolist() == data.y.tolist() and found.classes == data.classes
    polars.DataFrame({"a": [1.5, 2.0], "b": ["x", "y"]}).write_parquet(photos / "other.parquet")
    assert kind_of(photos / "other.parquet") == "table"
    (photos / "torn.parquet").write_bytes((photos / "labels.parquet").read_bytes()[:200])
    with pytest.raises(GradatimError, match="damaged Parquet file"):
        load_data(photos / "torn.parquet", "kind")


def test_names_without_an_ending(photos):
    for i in range(24):
        (photos / "images" / f"{i}.png").rename(photos / "images" / f"{i:04x}f.png")
    lines = ["id,kind,ink", *(f"{i:04x}f,{'abc'[i % 3]},{i / 8}" for i in range(24)), "ffff,a,1"]
    path = write(photos, lines)
    assert kind_of(path) == "picture table"
    data = load_data(path, "kind")
    assert data.x[:, 0, 0, 0].tolist() == [10 * i for i in range(24)] and data.files[10] == "000af"
    assert any("1 row names a picture that is not there" in one for one in data.notices)
    draw(photos / "images" / "0000f.jpg", 3)
    with pytest.raises(UsageError, match=r"0000f may be 0000f\.jpg and 0000f\.png in .*ending"):
        load_data(path, "kind")


def test_a_column_of_words_is_none_of_names(photos):
    for name in "abc":  # illustrations that are called as the classes
        draw(photos / f"{name}.png", 5)
    assert kind_of(table(photos, ("kind", "ink"))) == "table"
    few = write(photos, ["word,size", "car,1", "dog,2", "cat,3"])
    assert kind_of(few) == "table"  # and there is no car.png
