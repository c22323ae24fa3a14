"""Words by their vectors, on the plane of two principal components; analogies as arrows."""

from gradatim.checks import UsageError
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.word_map import word_map
from gradatim.jobs.plots.request import Drawing, PlotRequest, as_run, name_of
from gradatim.problems.nearest_words import DRAWN, common_words


def words(asked: PlotRequest) -> Drawing:
    """Words, common ones where none is named; of `a:b` both, and an arrow from a to b: where several pairs
    stand in one relation, their arrows are nearly parallel.
    """
    if not asked.things:
        raise UsageError("name a run, and words: plot words runs/book-1 king queen man:woman")
    run = as_run(asked.things[0], asked.options.get("data"))
    vectors = run.word_vectors
    named = [str(one) for one in asked.things[1:]] or list(common_words(vectors, run.word_counts, DRAWN))
    pairs = [_pair(one) for one in named if ":" in one]
    numbers = {vectors.number(word): None for one in named for word in one.split(":") if word}
    shown = [vectors.words[number] for number in numbers]
    if len(shown) < 3:
        raise UsageError("a plane is drawn of three words at least")
    plane = vectors.plane(shown, pairs)
    parallel = vectors.parallel(pairs) if len(pairs) > 1 else None
    place = {number: k for k, number in enumerate(numbers)}
    arrows = [(place[vectors.number(a)], place[vectors.number(b)]) for a, b in pairs]
    chart = word_map(shown, plane.places, plane.shares, f"Words of {name_of(run)}", arrows, parallel)
    facts = {"words": shown, "shares": list(plane.shares)}
    return Drawing(as_figure(chart), facts | ({} if parallel is None else {"parallel": parallel}))


def _pair(text: str) -> tuple[str, str]:
    """A and b of a:b."""
    a, _, b = text.partition(":")
    if not a or not b or ":" in b:
        raise UsageError(f"a pair is a:b, such as man:king; this is {text!r}")
    return a, b
