"""Clips drawn for tests: frame t of clip k is as grey as 10 k + t."""

from fractions import Fraction

import numpy as np
from PIL import Image


def greys(k, frames, size=(6, 8)):
    """(T, H, W) bytes."""
    return np.broadcast_to((10 * k + np.arange(frames, dtype=np.uint8))[:, None, None], (frames, *size))


def draw_frames(folder, clip, stem="frame_{:03d}.png"):
    """A folder of numbered pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for t, picture in enumerate(clip):
        Image.fromarray(picture).save(folder / stem.format(t))


def draw_strip(path, clip, mode="L"):
    """Frames side by side; a PNG, whatever its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(list(clip), 1)).convert(mode).save(path, "PNG")


def draw_gif(path, clip):
    """An animated GIF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *rest = (Image.fromarray(one) for one in clip)
    first.save(path, save_all=True, append_images=rest, duration=40)


def draw_video(path, clip, codec="mpeg4"):
    """A video; grey pictures whose numbers come back within a few."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.height, stream.width = clip.shape[1:]
        stream.pix_fmt = "yuv420p"
        stream.gop_size = 1
        for picture in clip:
            frame = av.VideoFrame.from_ndarray(np.repeat(picture[..., None], 3, 2), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
