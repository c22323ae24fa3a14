"""Pictures that stay in their files: every number as in memory, and what happens when a file changes."""

import os
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import UsageError
from gradatim.data import streaming
from gradatim.data.channel_moments import ChannelMoments
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.loading import load_data
from gradatim.data.picture_files import copies, read_pictures
from gradatim.data.sources.source import request_of, source_of
from gradatim.data.splits import split
from gradatim.data.streamed_examples import MOST_AT_ONCE, FileChanged, StreamedExamples


@pytest.fixture
def photos(tmp_path):
    """45 JPEGs of three classes and several sizes, one of them twice."""
    rng = np.random.default_rng(0)
    for i in range(45):
        place = tmp_path / "photos" / "abc"[i % 3]
        place.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (9 + i % 4, 11, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(place / f"{i:02d}.jpg", quality=95)
    (tmp_path / "photos" / "a" / "99.jpg").write_bytes((tmp_path / "photos" / "a" / "03.jpg").read_bytes())
    return tmp_path / "photos"


def read(folder, how):
    return source_of(folder).read(folder, request_of(streaming=how))


def test_every_number_is_as_in_memory(photos):
    held, streamed = read(photos, "no"), read(photos, "yes")
    assert isinstance(streamed.x, StreamedExamples) and streamed.is_pictures
    assert streamed.shape == held.shape and streamed.x.nbytes == held.x.nbytes
    np.testing.assert_array_equal(streamed.x.read(), held.x)
    np.testing.assert_array_equal(np.asarray(streamed.x[[7, 2]]), held.x[[7, 2]])
    np.testing.assert_array_equal(np.concatenate(list(streamed.x.blocks(7))), held.x)
    np.testing.assert_array_equal(streamed.take(np.array([5, 40])).x.read(), held.x[[5, 40]])
    assert [len(part) for part in streamed.x.ahead([[], range(40), [3]], 40)] == [0, 40, 1]
    assert copies(streamed.x) == copies(held.x) == [(1, 15)]
    assert (streamed.x.min(), streamed.x.max()) == (held.x.min(), held.x.max())
    assert streamed.x.mean() == pytest.approx(held.x.mean(dtype=np.float64), rel=1e-14)
    assert set(held.notices) < set(streamed.notices)
    assert "46 pictures are streamed: they stay in their files" in " ".join(streamed.notices)


def test_fingerprint_splits_and_standardisation_are_those_in_memory(photos):
    held, streamed = read(photos, "no"), read(photos, "yes")
    digest = sha256(repr(["a", "b", "c"]).encode())  # by the definition, not by either path
    for array in (held.x, held.y):
        digest.update(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())
    assert streamed.fingerprint == held.fingerprint == digest.hexdigest()
    parts = split(held), split(streamed)
    for one, other in zip(*parts, strict=True):
        assert one.files == other.files and one.fingerprint == other.fingerprint
    one, other = (Standardise.fit(part.train) for part in parts)
    np.testing.assert_array_equal(one.shift, other.shift)
    np.testing.assert_array_equal(one.scale, other.scale)
    np.testing.assert_array_equal(other.inputs(parts[1].train).read(), one.inputs(parts[0].train))
    x = parts[0].train.x.astype(np.float64)  # the oracle: NumPy's two passes in float64
    np.testing.assert_allclose(one.shift, x.mean((0, 2, 3)), rtol=1e-15)
    np.testing.assert_allclose(one.scale, x.std((0, 2, 3)), rtol=1e-13)


def test_moments_do_not_depend_on_the_order(photos):
    x = read(photos, "no").x
    whole, parts = ChannelMoments.of(x), [ChannelMoments.of(part) for part in np.array_split(x, 5)]
    assert whole.total.tolist() == sum(part.total for part in parts).tolist()
    assert whole.squares.tolist() == sum(part.squares for part in parts).tolist()


def test_a_file_that_cannot_be_read_is_found_at_the_first_reading(photos):
    (photos / "b" / "50.jpg").write_bytes((photos / "b" / "01.jpg").read_bytes()[:400])
    held, streamed = read(photos, "no"), read(photos, "yes")
    assert len(streamed) == 46 and "1 of 47 files cannot be read" in streamed.notices[0]
    assert streamed.fingerprint == held.fingerprint and streamed.files == held.files


def test_a_file_that_changes_or_vanishes_is_named(photos):
    streamed = read(photos, "yes").x
    first = streamed.read()
    os.utime(photos / "a" / "00.jpg", (1, 1))  # touched: the same picture
    np.testing.assert_array_equal(streamed.read(), first)
    Image.new("RGB", (11, 9)).save(photos / "a" / "00.jpg")
    with pytest.raises(FileChanged, match=r"00\.jpg shows another picture than at the first reading"):
        streamed.read()
    (photos / "a" / "00.jpg").unlink()
    with pytest.raises(FileChanged, match=r"00\.jpg is there no more, and the network learns from it"):
        streamed[:3].read()
    (photos / "a" / "00.jpg").write_bytes(b"nothing")
    with pytest.raises(FileChanged, match=r"00\.jpg can be read no more"):
        streamed[:3].read()


def test_memory_decides(photos, monkeypatch):
    numbers = 46 * 3 * 10 * 10  # the median of the shorter sides is 10 or 11
    monkeypatch.setattr(streaming, "free_memory", lambda: 100 * numbers)
    assert isinstance(load_data(photos).x, np.ndarray)
    monkeypatch.setattr(streaming, "free_memory", lambda: 10 * numbers)
    found = load_data(photos)
    assert isinstance(found.x, StreamedExamples)
    assert any("of memory that are free: they stay in their files" in one for one in found.notices)


def test_what_reads_all_of_them_at_once_is_refused_where_they_are_many(photos, monkeypatch):
    streamed = read(photos, "yes").x
    many = streamed[np.zeros(1 + MOST_AT_ONCE // streamed[:1].nbytes, int)]
    with pytest.raises(UsageError, match=r"reads [\d,]+ pictures into memory at once.*--streaming no"):
        np.asarray(many)
    with pytest.raises(UsageError, match="several at a time"):
        streamed[3]


def test_only_what_can_be_streamed_is(photos, tmp_path):
    with pytest.raises(UsageError, match="streaming must be auto or yes or no"):
        read_pictures(sorted(photos.rglob("*.jpg")), streaming="maybe")
    with pytest.raises(UsageError, match="what reads no target needs all pictures in memory"):
        source_of(photos).read(photos, request_of(streaming="yes", reads_target=False))
    (tmp_path / "table.csv").write_text("x,y\n1,2\n3,4\n")
    with pytest.raises(UsageError, match="--streaming is for folders of pictures, "):
        source_of(tmp_path / "table.csv").read(tmp_path / "table.csv", request_of(streaming="yes"))


def test_what_is_held_beside_pictures_counts(monkeypatch):
    """10 bytes for each number, and 6 for each pixel of a mask, against half of what is free."""
    beside = streaming.Beside("masks", 6, 1)
    for channels, needed in ((1, 16), (3, 36)):
        shape = (channels, 100, 100)
        monkeypatch.setattr(streaming, "free_memory", lambda free=2 * needed: 1000 * 10_000 * free)
        assert streaming.must_stream("auto", 1000, shape, beside) == ""
        monkeypatch.setattr(streaming, "free_memory", lambda free=2 * needed: 1000 * 10_000 * free - 1)
        assert "1,000 pictures of " in streaming.must_stream("auto", 1000, shape, beside)
    assert streaming.must_stream("yes", 1000, shape, beside) == (
        "1,000 pictures are streamed: they stay in their files and are decoded while the network learns; "
        "their masks are held in memory, 10 MB"
    )
    monkeypatch.setattr(streaming, "free_memory", lambda: 50_000_000)
    said = "1,000 masks of 100×100 pixels need 60 MB of memory, and 50 MB are free: --input-size makes them"
    for asked in streaming.STREAMING:
        with pytest.raises(UsageError, match=said):
            streaming.must_stream(asked, 1000, shape, beside)
