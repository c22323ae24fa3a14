"""Clips of every kind of file: which frames are read, in which shape, and what is said of bad ones."""

import struct
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from clip_drawings import draw_frames, draw_gif, draw_strip, draw_video, greys
from gradatim.checks import GradatimError, UsageError
from gradatim.data.clip_files import clip_size, evenly, read_clips
from gradatim.data.clip_places import clips_in, holds_clips
from gradatim.data.clip_readers import numbered_pictures, reader_of
from gradatim.data.video_files import _upright, look_at_video


def one_of_each(folder, frames=10, size=(6, 6)):
    clip = greys(2, frames, size)
    draw_frames(folder / "a_frames", clip)
    draw_gif(folder / "b.gif", clip)
    draw_strip(folder / "c.jpg", clip, "RGBA")
    np.savez(folder / "d.npz", x=clip)
    return clips_in(folder)


@pytest.mark.parametrize(("frames", "taken"), [(10, 10), (10, 5), (10, 3), (10, 16)])
def test_every_kind_of_file_gives_the_same_frames(frames, taken, tmp_path):
    paths = one_of_each(tmp_path, frames)
    found = read_clips(paths, size=[taken, 6, 6])
    wanted = [20 + t for t in evenly(frames, taken)]
    assert found.x.shape == (4, 3, taken, 6, 6) and found.kept == [0, 1, 2, 3]
    assert (found.x == np.array(wanted, np.uint8)[:, None, None]).all()


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mov", ".mkv"])
def test_a_video_s_frames_come_in_their_order(suffix, tmp_path):
    """Within 4 of 255: a codec rounds."""
    steps = greys(0, 12, (32, 48)) * 15
    draw_video(tmp_path / f"a{suffix}", steps)
    assert look_at_video(tmp_path / f"a{suffix}")[:4] == (12, 32, 48, 25.0)
    found = read_clips([tmp_path / f"a{suffix}"], size=[4, 32, 48])
    assert found.x.shape == (1, 3, 4, 32, 48)
    assert np.abs(found.x[0].mean((0, 2, 3)) - 15 * np.array(evenly(12, 4))).max() < 4


@pytest.mark.parametrize(("degrees", "turns"), [(0, 0), (-90, 3), (90, 1), (180, 2), (-180, 2)])
def test_a_camera_s_note_of_which_side_is_up_is_followed(degrees, turns):
    """FFmpeg gives the angle by which a frame is turned against the clock."""
    picture = np.arange(24).reshape(2, 4, 3)
    frame = SimpleNamespace(rotation=degrees, to_ndarray=lambda format: picture)
    wanted = picture
    for _ in range(turns):  # against the clock: the right column becomes the first row
        wanted = wanted.transpose(1, 0, 2)[::-1]
    assert np.array_equal(_upright(frame), wanted)


def test_webm_is_read(tmp_path):
    draw_video(tmp_path / "a.webm", greys(0, 12, (32, 48)) * 15, "libvpx")
    found = read_clips([tmp_path / "a.webm"], size=[3, 32, 48])
    assert np.abs(found.x[0].mean((0, 2, 3)) - 15 * np.array([2, 6, 10])).max() < 4


@pytest.mark.parametrize(
    ("frames", "wanted", "numbers"),
    [
        (1, 2, [0, 0]),
        (5, 5, [0, 1, 2, 3, 4]),
        (9, 3, [1, 4, 7]),
        (3, 6, [0, 0, 1, 1, 2, 2]),
        (125, 2, [31, 93]),
    ],
)
def test_frames_stand_at_even_distances_around_the_middle(frames, wanted, numbers):
    assert evenly(frames, wanted) == numbers


def test_what_was_not_asked_for_is_in_common(tmp_path):
    draw_strip(tmp_path / "a.png", greys(1, 40, (6, 6)))
    draw_strip(tmp_path / "b.png", greys(2, 12, (6, 6)))
    found = read_clips(clips_in(tmp_path))
    assert found.x.shape == (2, 1, 32, 6, 6)
    assert found.x[1, 0, :, 0, 0].tolist() == [20 + t for t in evenly(12, 32)]
    assert found.notices == (
        "of each clip of 12 to 40 frames of 6×6 pixels (height × width), 32 at even distances are read in "
        "6×6; --input-size 32,6,6 asks for another number and size",
    )
    large = tmp_path / "large"
    draw_strip(large / "a.png", greys(1, 9, (128, 128)))
    whole = read_clips(clips_in(large))
    assert whole.x.shape == (1, 1, 9, 64, 64) and "9 frames of 128×128" in whole.notices[0]
    assert read_clips(clips_in(large), size=[9, 128, 128]).notices == ()
    assert read_clips(clips_in(large), size=8).x.shape == (1, 1, 9, 8, 8)


@pytest.mark.parametrize("size", [[1, 2, 3, 4], [], [1, 6, 6], [0, 6, 6], "16", [16, 6.5, 6]])
def test_a_size_that_cannot_be_is_refused(size, tmp_path):
    draw_strip(tmp_path / "a.png", greys(1, 9, (6, 6)))
    with pytest.raises(UsageError, match="input_size"):
        read_clips(clips_in(tmp_path), size=size)
    assert clip_size((16, 4, 5)) == (16, [4, 5])


def test_frames_come_by_number_not_by_name(tmp_path):
    draw_frames(tmp_path / "a", greys(1, 12), "f{}.png")  # f10 is behind f9
    assert [path.stem for path in numbered_pictures(tmp_path / "a")] == [f"f{t}" for t in range(12)]
    found = read_clips([tmp_path / "a"])
    assert found.x[0, 0, :, 0, 0].tolist() == [10 + t for t in range(12)]


@pytest.mark.parametrize(
    ("shape", "clips", "channels"),
    [
        ((9, 6, 8), 1, 1), ((9, 6, 8, 3), 1, 3), ((9, 6, 8, 1), 1, 1), ((4, 3, 9, 6, 8), 4, 3),
        ((4, 9, 6, 8, 3), 4, 3), ((1, 1, 9, 6, 8), 1, 1),
    ],
)  # fmt: skip
def test_arrays_have_one_clip_or_several(shape, clips, channels, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.savez(tmp_path / "a.npz", clips=x)
    found = read_clips([tmp_path / "a.npz"])
    wanted = {3: lambda: x[None, None], 4: lambda: np.moveaxis(x, 3, 0)[None]}.get(
        len(shape), lambda: x if shape[1] in (1, 3) else np.moveaxis(x, 4, 1)
    )()
    assert found.x.shape == (clips, channels, 9, 6, 8) and np.array_equal(found.x, wanted)
    assert found.names == ([""] if clips == 1 else [f" {n}" for n in range(clips)])


# ---- what is bad


def good(folder):
    draw_strip(folder / "good.png", greys(1, 9, (6, 6)))


def torn(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_clip_of_one_frame_is_named_and_left_out(tmp_path):
    good(tmp_path)
    draw_strip(tmp_path / "one.png", greys(1, 1, (6, 6)))
    draw_frames(tmp_path / "single", greys(1, 1))
    draw_gif(tmp_path / "still.gif", greys(1, 1))
    np.savez(tmp_path / "still.npz", x=greys(1, 1))
    draw_video(tmp_path / "still.avi", greys(1, 1, (32, 32)))
    paths = clips_in(tmp_path)
    found = read_clips(paths)
    assert [paths[number].name for number in found.kept] == ["good.png"]
    for name in ("one.png", "single", "still.gif", "still.npz", "still.avi"):
        said = f"{tmp_path / name} has one frame, in which nothing moves; it is left out"
        assert said in found.notices


def test_frames_of_different_sizes_are_scaled_and_said(tmp_path):
    draw_frames(tmp_path / "a", greys(1, 4, (6, 6)))
    draw_frames(tmp_path / "a", greys(5, 4, (12, 10)), "frame_10{}.png")
    found = read_clips([tmp_path / "a"])
    assert found.x.shape == (1, 1, 8, 6, 6)
    assert found.x[0, 0, :, 3, 3].tolist() == [10, 11, 12, 13, 50, 51, 52, 53]
    assert f"{tmp_path / 'a'} has frames of 2 sizes, 6×6 to 12×10; each is scaled" in found.notices


def test_a_frame_that_cannot_be_read_is_named_and_its_neighbour_stands_for_it(tmp_path):
    draw_frames(tmp_path / "a", greys(1, 5))
    (tmp_path / "a" / "frame_002.png").write_bytes(b"torn")
    (tmp_path / "a" / "frame_000.png").write_bytes(b"torn")
    found = read_clips([tmp_path / "a"])
    assert found.x[0, 0, :, 0, 0].tolist() == [11, 11, 11, 13, 14]
    (said,) = found.notices[:1]
    assert "frame_000.png is damaged or not a picture" in said and "as for 1 other of this clip" in said


def test_a_strip_whose_frames_are_not_square_is_named(tmp_path):
    good(tmp_path)
    draw_strip(tmp_path / "odd.png", greys(1, 9, (6, 7)))
    found = read_clips(clips_in(tmp_path))
    assert len(found.x) == 1 and "odd.png has 6×63 pixels" in found.notices[0]


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.webm", "a.gif", "a.png", "a.npz"])
@pytest.mark.parametrize("content", [b"", b"no clip at all"])
def test_a_file_that_is_something_else_is_named(name, content, tmp_path):
    good(tmp_path)
    (tmp_path / name).write_bytes(content)
    found = read_clips(clips_in(tmp_path))
    assert len(found.x) == 1 and str(tmp_path / name) in found.notices[0]
    assert found.notices[0].endswith("it is left out")
    with pytest.raises(GradatimError, match=f"{name} .*; a clip is a video"):
        read_clips([tmp_path / name])


def test_a_truncated_video_is_read_as_far_as_it_goes(tmp_path):
    noise = np.random.default_rng(0).integers(0, 200, (40, 48, 48), dtype=np.uint8)
    draw_video(tmp_path / "a.avi", noise)
    draw_video(tmp_path / "whole.avi", noise)
    torn(tmp_path / "a.avi")
    cut, whole = read_clips([tmp_path / "a.avi"], size=[5, 48, 48]), read_clips([tmp_path / "whole.avi"])
    assert cut.x.shape == (1, 3, 5, 48, 48) and whole.x.shape[2] == 32
    count = look_at_video(tmp_path / "a.avi").frames
    assert 10 < count < 30
    for step, number in enumerate(evenly(count, 5)):  # each as near to its own frame as a codec is
        distance = np.abs(noise.astype(float) - cut.x[0, 0, step]).mean((1, 2))
        assert distance.argmin() == number


def test_a_video_cut_off_where_nothing_is_left_is_named(tmp_path):
    good(tmp_path)
    draw_video(tmp_path / "a.mp4", greys(1, 20, (48, 48)))
    torn(tmp_path / "a.mp4")  # whose index stands at the end
    found = read_clips(clips_in(tmp_path))
    assert len(found.x) == 1 and "a.mp4 is damaged or not a video: " in found.notices[0]


def test_frames_behind_a_fault_are_said_to_be_cut_off(tmp_path, monkeypatch):
    import gradatim.data.clip_readers as home

    draw_video(tmp_path / "a.avi", greys(1, 20, (32, 32)))
    read = home.read_video
    monkeypatch.setattr(
        home,
        "read_video",
        lambda path, wanted: ({n: x for n, x in read(path, wanted)[0].items() if n < 8}, 8),
    )
    found = read_clips([tmp_path / "a.avi"], size=[4, 32, 32])
    assert found.x.shape == (1, 3, 4, 32, 32)
    said = f"{tmp_path / 'a.avi'} is cut off: 8 of its 20 frames can be decoded and are read"
    assert said in found.notices


def test_a_missing_codec_is_said(tmp_path):
    good(tmp_path)
    path = tmp_path / "a.avi"
    draw_video(path, greys(1, 8, (32, 32)))
    content = path.read_bytes()
    assert content.count(b"FMP4") == 2  # the codec's name, in the stream's header and in its format's
    path.write_bytes(content.replace(b"FMP4", b"QQQQ"))
    found = read_clips(clips_in(tmp_path))
    assert len(found.x) == 1
    assert found.notices[0].startswith(f"{path} has a codec that PyAV cannot decode; save it as H.264")


def test_a_missing_library_is_said(tmp_path, monkeypatch):
    good(tmp_path)
    draw_video(tmp_path / "a.avi", greys(1, 8, (32, 32)))
    monkeypatch.setitem(sys.modules, "av", None)
    found = read_clips(clips_in(tmp_path))
    assert len(found.x) == 1
    assert found.notices[0] == (
        f"{tmp_path / 'a.avi'} is a video, which needs PyAV: pip install av; it is left out"
    )


def test_sound_alone_is_no_video(tmp_path):
    sizes = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)  # of a wave file's format
    header = b"RIFF" + struct.pack("<I", 836) + b"WAVEfmt " + sizes + b"data" + struct.pack("<I", 800)
    (tmp_path / "a.avi").write_bytes(header + bytes(800))
    with pytest.raises(GradatimError, match=r"a\.avi holds no pictures, only audio"):
        look_at_video(tmp_path / "a.avi")


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": np.zeros((9, 6, 8))}, "holds numbers of type float64; frames are bytes"),
        ({"x": np.zeros((9, 8), np.uint8)}, r"holds an array of shape \(9, 8\); a clip is"),
        ({"x": np.zeros((9, 6, 8, 5), np.uint8)}, r"holds an array of shape \(9, 6, 8, 5\); a clip is"),
        ({"x": np.zeros((0, 6, 8), np.uint8)}, r"holds an array of shape \(0, 6, 8\); a clip is"),
        (
            {"a": np.zeros((9, 6, 8), np.uint8), "b": np.zeros(3)},
            "holds a, b; expected one array, or clips x",
        ),
    ],
)
def test_arrays_that_are_no_clip_are_refused(arrays, sentence, tmp_path):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(GradatimError, match=sentence):
        reader_of(tmp_path / "a.npz").clips(tmp_path / "a.npz")


def test_clips_that_do_not_fit_in_memory_are_refused(tmp_path):
    good(tmp_path)
    need = r"1 clips of 1×9000×9000×9000 numbers need 4374\.0 GB of memory at least, and .* are free: "
    instead = "--streaming yes leaves them in their files, and --input-size FRAMES,HEIGHT,WIDTH makes them "
    with pytest.raises(UsageError, match=need + instead + "smaller, such as 4500,4500,4500"):
        read_clips(clips_in(tmp_path), size=[9000, 9000, 9000])
    with pytest.raises(UsageError, match="are free: give fewer at a time"):
        read_clips(clips_in(tmp_path), shape=(1, 9000, 9000, 9000))


def test_many_bad_files_are_counted(tmp_path):
    good(tmp_path)
    for number in range(8):
        (tmp_path / f"bad{number}.avi").write_bytes(b"no video")
    found = read_clips(clips_in(tmp_path))
    assert sum("it is left out" in one for one in found.notices) == 5
    assert "3 clips more are left out" in found.notices


# ---- whether a folder's files are clips


def test_what_a_folder_holds(tmp_path):
    folders = {
        name: tmp_path / name
        for name in ["strips", "photos", "panoramas", "gifs", "stills", "videos", "frames", "nested", "none"]
    }
    for folder in folders.values():
        folder.mkdir()
    draw_strip(folders["strips"] / "a.png", greys(1, 9, (6, 6)))
    draw_strip(folders["strips"] / "b.png", greys(1, 1, (6, 6)))
    draw_frames(folders["photos"], greys(1, 5, (6, 8)))
    draw_strip(folders["panoramas"] / "a.png", greys(1, 2, (6, 6)))  # twice as wide as high
    draw_gif(folders["gifs"] / "a.gif", greys(1, 3))
    draw_gif(folders["stills"] / "a.gif", greys(1, 1))
    (folders["videos"] / "a.mp4").write_bytes(b"")
    draw_frames(folders["frames"] / "one", greys(1, 3))
    draw_frames(folders["frames"] / "two", greys(1, 1))
    draw_frames(folders["nested"] / "one", greys(1, 1), "deep.png")
    found = {name: holds_clips(folder) for name, folder in folders.items()}
    assert found == {
        "strips": True, "photos": False, "panoramas": False, "gifs": True, "stills": False, "videos": True,
        "frames": True, "nested": False, "none": None,
    }  # fmt: skip
    draw_frames(folders["videos"], greys(1, 1), "cover{}.png")  # a plain picture beside them
    assert holds_clips(folders["videos"]) is False
