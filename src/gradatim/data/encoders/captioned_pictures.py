"""Pictures and the symbols of what is said of them."""

from dataclasses import dataclass
from typing import ClassVar

from gradatim.data.captions import CAPTIONED
from gradatim.data.encoders.captioned import Captioned
from gradatim.data.pairs import Kind


@dataclass(frozen=True)
class CaptionedPictures(Captioned):
    """Pictures (C, H, W), each channel minus its mean over training, divided by its deviation; captions, as
    the symbols of `answers`.
    """

    name: ClassVar[str] = "captioned pictures"
    kind: ClassVar[Kind] = CAPTIONED
