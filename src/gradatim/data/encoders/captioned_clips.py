"""Clips and the symbols of what is said of them."""

from dataclasses import dataclass
from typing import ClassVar

from gradatim.data.clip_captions import CAPTIONED_CLIPS
from gradatim.data.encoders.captioned import Captioned
from gradatim.data.pairs import Kind


@dataclass(frozen=True)
class CaptionedClips(Captioned):
    """Clips (C, T, H, W), each channel minus its mean over training, divided by its deviation; captions, as
    the symbols of `answers`.
    """

    name: ClassVar[str] = "captioned clips"
    kind: ClassVar[Kind] = CAPTIONED_CLIPS
