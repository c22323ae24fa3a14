"""Tables that name clips: targets, people and parts by columns; which tables they are."""

import numpy as np
import pytest

from clip_drawings import draw_frames, draw_gif, draw_strip, greys
from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_like, source_of
from gradatim.data.splits import split
from gradatim.jobs.data import describe_data

HEAD = "file,class,person\n"


@pytest.fixture
def clips(tmp_path):
    """Two clips of each of five people in the folder clips/, strips and folders of frames, and clips.csv."""
    lines = []
    for k in range(5):
        draw_strip(tmp_path / "clips" / f"{k}.png", greys(k, 9, (6, 6)))
        draw_frames(tmp_path / "clips" / f"jump{k}", greys(10 + k, 9, (6, 6)))
        lines += [f"{k}.png,wave,p{k}", f"jump{k},jump,p{k}"]
    (tmp_path / "clips.csv").write_text(HEAD + "\n".join(lines))
    return tmp_path / "clips.csv"


def test_a_column_names_clips_and_others_say_what_and_who(clips):
    assert source_of(clips).kind == "clip table"
    data = load_data(clips, target="class", group="person")
    assert data.x.shape == (10, 1, 9, 6, 6) and data.form == "clips" and data.classes == ("jump", "wave")
    assert data.y.tolist() == [1, 0] * 5 and data.groups.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert data.files[:2] == ("0.png", "jump0") and data.targets == ("class",)
    assert data.x[:4, 0, 2, 0, 0].tolist() == [2, 102, 12, 112]
    of = [set(part.groups.tolist()) for part in split(data, valid=0.3)]
    assert sum(map(len, of)) == 5 and set.union(*of) == set(range(5)) and all(of)
    assert describe_data(clips, target="class", group="person")["classes"] == {"jump": 5, "wave": 5}
    again = load_data(data.source["path"], **{k: data.source[k] for k in ("target", "group")})
    assert again.fingerprint == data.fingerprint


def test_one_other_column_is_the_target_and_of_two_one_is_asked_for(clips):
    with pytest.raises(
        UsageError, match=r"say with --target which .* and with --group who .*: 'class', 'pers"
    ):
        load_data(clips)
    assert load_data(clips, ignore="person").classes == ("jump", "wave")
    two = clips.with_name("two.csv")
    two.write_text("clip,action\n0.png,wave\njump0,jump\n")
    assert load_data(two).y.tolist() == [1, 0]


def test_a_column_of_parts_is_the_publishers(clips):
    lines = clips.read_text().splitlines()
    parts = ["split", *(["train"] * 8), "test", "test"]
    clips.write_text("\n".join(f"{line},{part}" for line, part in zip(lines, parts, strict=True)))
    data = load_data(clips, target="class", group="person")
    assert data.official_test.tolist() == [False] * 8 + [True] * 2 and split(data).sizes()["test"] == 2


def test_clips_that_are_not_there_are_counted(clips):
    clips.write_text(f"{clips.read_text()}\ngone.png,wave,p9\n,wave,p8\n")
    data = load_data(clips, target="class")
    said = "2 rows name clips that are not there, and are left out, such as gone.png, an empty name"
    assert len(data) == 10 and said in data.notices
    alone = clips.with_name("alone.csv")
    alone.write_text(HEAD + "a.mp4,wave,p1\n")
    assert source_of(alone).kind == "table"


def test_a_name_in_two_folders_is_asked_for(clips):
    draw_strip(clips.parent / "more" / "0.png", greys(7, 9, (6, 6)))
    with pytest.raises(
        UsageError, match=r"0.png may be .*clips/0.png and .*more/0.png; write its folder in fro"
    ):
        load_data(clips, target="class")
    clips.write_text(clips.read_text().replace("\n0.png", "\nmore/0.png"))
    assert load_data(clips, target="class").x[0, 0, 2, 0, 0] == 72


def test_others_are_read_like_the_first(clips):
    data = load_data(clips, target="class", group="person")
    other = clips.with_name("other.csv")
    other.write_text("clip;class\n1.png;wave\njump2;jump\n")
    source = source_like(other, data)
    found = source.like(other, data)
    assert source.kind == "clip table" and found.y.tolist() == [1, 0]
    np.testing.assert_array_equal(found.x, data.x[[2, 5]])
    new = source.new(other, data)
    np.testing.assert_array_equal(new.examples.x, found.x)
    assert new.beside is not None and new.examples.files == ("1.png", "jump2") and new.examples.y is None
    pictures = load_data((np.zeros((4, 1, 6, 6)), [0, 1, 0, 1]))
    with pytest.raises(UsageError, match="reads no table of clips"):
        source.new(other, pictures)


def test_ignoring_the_column_reads_a_table_and_what_is_for_others_is_refused(clips):
    assert load_data(clips, target="class", ignore="file").columns
    with pytest.raises(UsageError, match="--time is not for tables that name clips"):
        load_data(clips, target="class", time="person")
    with pytest.raises(UsageError, match="no column 'who'"):
        load_data(clips, target="class", group="who")


def test_tables_of_pictures_and_of_numbers_are_no_tables_of_clips(clips):
    from PIL import Image

    Image.new("L", (8, 8)).save(clips.with_name("a.png"))
    (one := clips.with_name("pictures.csv")).write_text("file,kind\na.png,cat\n")
    (two := clips.with_name("numbers.csv")).write_text("x,y\n1,2\n3,4\n")
    (three := clips.with_name("classes.csv")).write_text(
        "class,n\nclips,2\n"
    )  # the name of a folder of clips
    assert [source_of(path).kind for path in (one, two, three)] == ["picture table", "table", "table"]
    draw_gif(clips.with_name("moves.gif"), greys(1, 9, (6, 6)))
    (four := clips.with_name("gifs.csv")).write_text("file,kind\nmoves.gif,cat\n")
    assert source_of(four).kind == "clip table"


def test_a_table_whose_clips_cannot_be_read_says_so(clips):
    (clips.parent / "clips" / "bad.npz").write_bytes(b"no zip")
    bad = clips.with_name("bad.csv")
    bad.write_text("file,kind\nbad.npz,cat\nbad.npz,dog\n")
    with pytest.raises(GradatimError, match=r"bad.npz"):
        load_data(bad)
