"""A picture as numbers, one matrix a channel, and back (curriculum D27)."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError, UsageError
from gradatim.data.pillow_warnings import QUIET

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
CHANNELS = {
    "L": ("grey",), "LA": ("grey", "alpha"), "RGB": ("red", "green", "blue"),
    "RGBA": ("red", "green", "blue", "alpha"),
}  # fmt: skip
MODES = {len(names): mode for mode, names in CHANNELS.items()}
# What a file's other modes become: bits are 0 and 255, a palette its colours, and four inks red, green, blue
BECOMES = {"1": "L", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB", "LAB": "RGB", "PA": "RGBA", "RGBX": "RGB"}
WIDE = ("RGB;16", "RGBA;16", "RGBX;16", "LA;16")  # which pillow would cut to eight bits


ORIENTATION = 0x0112  # a camera's note of which side is up
NOTES = {"exif", "xmp"}  # where a JPEG may hold it


class HeldImage(NamedTuple):
    """An image of pillow's in memory, where a file may stand, and what it is called."""

    image: Any
    name: str

    def __str__(self) -> str:
        return self.name


def is_picture(data: Any) -> bool:
    """Whether this is the name of a picture's file.

    >>> is_picture("cat.png"), is_picture("cats.csv")
    (True, False)
    """
    return isinstance(data, str | Path) and Path(data).suffix.lower() in SUFFIXES


def read_picture(path: str | Path) -> np.ndarray:
    """A picture's numbers, 0 to 255, as they stand in the file: grey is 0 for black and 255 for white.

    Shapes: (C, H, W) bytes; C is 1 grey, 2 grey and alpha, 3 red, green and blue, 4 these and alpha.

    Of several frames the first is read, and a camera's note of which side is up is followed. Raises
    UsageError where there is no file; GradatimError for one that is no picture, is damaged, claims more
    pixels than pillow believes, or has more than eight bits a number, which are never rounded in silence.
    """
    return read_with_facts(path)[0]


def read_with_facts(
    path: str | Path | HeldImage, may_round: bool = False
) -> tuple[np.ndarray, dict[str, Any]]:
    """The numbers, and the file's `format` and `mode`, in pillow's words.

    With `may_round` of 16 bits a number the eight higher ones are read, and the largest number is `wide`;
    pillow reads no more than these eight of colours, which are `wide` by 65,535.
    """
    image, facts = read_image(path, may_round)
    return _numbers(image), facts


def read_image(path: str | Path | HeldImage, may_round: bool = False) -> tuple[Any, dict[str, Any]]:
    """The same as pillow's image, in one of the modes of CHANNELS."""
    from PIL import ImageOps

    path = path if isinstance(path, HeldImage) else Path(path)
    with opened_picture(path) as image:
        facts: dict[str, Any] = {"format": str(image.format), "mode": image.mode}
        if image.format != "JPEG" or image.mode not in CHANNELS:  # which are bytes as they stand
            if may_round and (wide := _sixteen_bits(image)) is not None:
                image, facts["wide"] = wide
            image = _in_bytes(image, path)
        image.load()
        return ImageOps.exif_transpose(image) if _may_be_turned(image) else image, facts


def _may_be_turned(image: Any) -> bool:
    """Whether a camera may have noted another side than the upper one."""
    if image.format == "JPEG" and not image.info.keys() & NOTES:
        return False
    return image.getexif().get(ORIENTATION, 1) != 1


@contextmanager
def opened_picture(path: Path | HeldImage) -> Iterator[Any]:
    """A file as pillow's image, or one in memory, whatever is wrong with it said in one sentence, inside the
    block, too.

    Raises UsageError where there is no file; GradatimError for one that is empty, damaged or no picture, and
    for one of more pixels than pillow believes, of which nothing but the head is read.
    """
    from PIL import Image

    if isinstance(path, HeldImage):
        try:
            yield path.image
        except OSError as error:  # of a file that pillow has not read to its end yet
            raise GradatimError(f"{path} is damaged: {error}") from error
        return
    try:
        with QUIET, Image.open(path) as image:
            yield image
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = f"{Image.MAX_IMAGE_PIXELS or 0:,}"
        raise GradatimError(
            f"{path} claims {_size_claimed(path)} pixels; at most {most} are believed: make it smaller, or "
            "cut it into tiles"
        ) from error
    except MemoryError as error:
        raise GradatimError(f"{path} does not fit in memory") from error
    except GradatimError:
        raise
    except Exception as error:  # pillow's readers raise a dozen kinds over a damaged file
        if files.is_folder(path):
            raise UsageError(f"{path} is a folder, not a picture") from error
        raise GradatimError(f"{path} {_what_is_wrong(path, error)}") from error


def _what_is_wrong(path: Path, error: Exception) -> str:
    """What keeps a file from being read as a picture."""
    from PIL import Image

    if isinstance(error, PermissionError):
        return "may not be read: permission denied"
    if files.exists(path) and not path.stat().st_size:
        return "is empty: it has no byte"
    why = "no format of pictures fits" if isinstance(error, Image.UnidentifiedImageError) else str(error)
    return f"is damaged or not a picture: {why}"


def _size_claimed(path: Path) -> str:
    """Width and height by a file's head, which pillow keeps to itself where it does not believe them."""
    from PIL import Image

    with path.open("rb") as file:
        head = file.read(16)
        for name in Image.ID:
            make, accept = Image.OPEN[name]
            if accept is not None and (not (fits := accept(head)) or isinstance(fits, str)):
                continue
            try:
                file.seek(0)
                width, height = make(file, str(path)).size
            except Exception:  # of another format
                continue
            return f"{width:,} × {height:,}"
    return "too many"


def _sixteen_bits(image: Any) -> tuple[Any, int] | None:
    """A picture of 16 bits a number by its eight higher bits, and its largest number; None for others."""
    from PIL import Image, ImageOps

    raw = _raw_mode(image)
    if raw.startswith(WIDE):
        return image, 0xFFFF
    if not (image.mode.startswith("I;16") or (image.mode == "I" and raw.startswith("I;16"))):
        return None
    values = np.asarray(ImageOps.exif_transpose(image))
    return Image.fromarray((values.astype(np.uint16) >> 8).astype(np.uint8)), int(values.max())


def _raw_mode(image: Any) -> str:
    """How the file holds a pixel."""
    tiles = getattr(image, "tile", None)  # which a picture that was turned has not
    if not tiles:
        return ""
    raw = tiles[0][3]
    return str(raw[0] if isinstance(raw, tuple) else raw)


def _in_bytes(image: Any, path: Path | HeldImage) -> Any:
    """The picture in one of the modes of CHANNELS."""
    raw = _raw_mode(image)
    if image.mode not in (*CHANNELS, *BECOMES, "P") or raw.startswith(WIDE):
        raise GradatimError(
            f"{path} has numbers beyond 0 to 255 ({raw or image.mode}); save it with 8 bits a channel"
        )
    if image.mode in CHANNELS:
        return image
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert(BECOMES[image.mode])


def _numbers(image: Any) -> np.ndarray:
    """(C, H, W)."""
    pixels = np.asarray(image)  # (H, W) of one channel, (H, W, C) of several
    return pixels[None].copy() if pixels.ndim == 2 else np.ascontiguousarray(np.moveaxis(pixels, 2, 0))


def write_picture(path: str | Path, x: np.ndarray) -> None:
    """Write numbers as a PNG, which keeps every one of them; whole or not at all.

    Shapes: x (C, H, W) bytes, C from 1 to 4 as `read_picture` gives them.

    Raises UsageError for another shape, another type, or a name that does not end in .png.
    """
    from PIL import Image

    path, x = Path(path), np.asarray(x)
    if path.suffix.lower() != ".png":
        raise UsageError(f"a picture is written as .png, which keeps every number; this is {path.name}")
    if x.dtype != np.uint8:
        raise UsageError(f"a picture is written from bytes, 0 to 255; these numbers are {x.dtype}")
    if x.ndim != 3 or len(x) not in MODES or not x.size:
        raise UsageError(f"a picture has the shape (C, H, W) with 1 to 4 channels; this is {x.shape}")
    pixels = np.ascontiguousarray(x[0] if len(x) == 1 else np.moveaxis(x, 0, 2))
    content = BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    files.write(path, content.getvalue())


def describe_picture(path: str | Path) -> dict[str, Any]:
    """A picture as plain numbers: size, mode, channels, each with its range, mean and matrix."""
    x, facts = read_with_facts(path)
    names = CHANNELS[MODES[len(x)]]
    ranges = [
        {"name": name, "smallest": int(one.min()), "largest": int(one.max()), "mean": float(one.mean())}
        for name, one in zip(names, x, strict=True)
    ]
    size = {"width": x.shape[2], "height": x.shape[1]}
    return {"name": Path(path).name, **facts, **size, "channels": ranges, "pixels": x.tolist()}
