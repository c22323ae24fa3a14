"""Vectors of words: which are near to common words, and where common words lie on a plane."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.word_map import word_map
from gradatim.explain.headline import course
from gradatim.explain.number_format import count, percent
from gradatim.problems.nearest_words import NearestWords


def context(evidence: NearestWords, report: Any) -> dict[str, Any]:
    """A row for each word, and the drawing."""
    chart = word_map(evidence.drawn, evidence.places, evidence.shares, "Words")
    near = [list(zip(*one, strict=True)) for one in zip(evidence.near, evidence.cosines, strict=True)]
    return {
        "rows": list(zip(evidence.words, near, strict=True)),
        "drawing": as_svg(chart)[0] if len(evidence.drawn) > 2 else "",
        "distinct": count(evidence.distinct), "share": percent(sum(evidence.shares)),
    }  # fmt: skip


def headline(evidence: NearestWords, report: Any) -> str:
    """How often a context is told from a word drawn by chance."""
    above = percent(report.metrics["context_above_noise"])
    return (
        f"{count(evidence.distinct)} words have vectors; in the {report.word} text a word's context scores "
        f"above a word drawn by chance in {above} of pairs{course(report.records)}."
    )
