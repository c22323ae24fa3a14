"""All that there is to find of a trained network's answers to examples, for its report."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.data.captions import CAPTIONED
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.sentence_pairs import SENTENCES
from gradatim.data.sentences import Sentences
from gradatim.explain.alignments import aligned
from gradatim.explain.attended_places import attended_places
from gradatim.explain.forecasts_beside import with_past
from gradatim.explain.tagged_words import counted_in_words, tagged_words
from gradatim.explain.word_evidence import moving_words
from gradatim.problems.evidence import (
    Evidence,
    Example,
    Forecast,
    OfExamples,
    OfTask,
    Samples,
    TrainedMap,
)
from gradatim.runs.trained import Trained

MOST_EFFECTS = 6
MOST_FEATURES = 12


def _of_sentences(found: list[Evidence], trained: Trained, sentences: Any, a: np.ndarray) -> list[Evidence]:
    """The same, counted in words, and which words are mistaken, where the encoder knows some."""
    parts = trained.encoder.parts(sentences)
    if not parts:
        return found
    words = tagged_words(sentences, trained.problem.answer(a), trained.problem.names, parts)
    return [*map(counted_in_words, found), words]


def _of_texts(found: list[Evidence], trained: Trained, texts: Any, a: np.ndarray) -> list[Evidence]:
    """The same, and the words that move the answers."""
    return found + moving_words(trained, texts)


def _of_captions(found: list[Evidence], trained: Trained, pictures: Any, a: np.ndarray) -> list[Evidence]:
    """The same, and where the network looks."""
    return found + [complete(one, trained, pictures, ()) for one in attended_places(trained, pictures)]


def _of_pairs(found: list[Evidence], trained: Trained, pairs: Any, a: np.ndarray) -> list[Evidence]:
    """The same, and what the network attended to while it said some of the answers."""
    return found + aligned(trained, pairs, found)


OF_FORM = {  # of examples that are no rows
    LabelledTexts.form: _of_texts, Sentences.form: _of_sentences, SENTENCES.form: _of_pairs,
    CAPTIONED.form: _of_captions,
}  # fmt: skip


def evidence_of(
    trained: Trained, examples: Any, a: np.ndarray | None, y: np.ndarray | None, records: Sequence[dict],
    seed: int,
) -> list[Evidence]:  # fmt: skip
    """What the problem finds of outputs a for targets y, each part with the examples and records it is of."""
    if a is None or y is None or not len(y):
        return []
    found = [complete(one, trained, examples, records) for one in trained.problem.evidence(a, y)]
    more = OF_FORM.get(examples.form)
    return found + _of_columns(trained, examples, seed) if more is None else more(found, trained, examples, a)


def complete(evidence: Evidence, trained: Trained, examples: Any, records: Sequence[dict]) -> Evidence:
    """Evidence of single examples with these examples; samples with those of the records."""
    if isinstance(evidence, OfTask):
        parts = tuple(complete(one, trained, examples, records) for one in evidence.parts)
        return replace(evidence, parts=parts)
    if isinstance(evidence, Samples):
        return replace(
            evidence, stages=[(r["epoch"], r["sample"].strip("\n")) for r in records if "sample" in r]
        )
    if isinstance(evidence, TrainedMap):
        from gradatim.unsupervised.map_measures import u_matrix

        som = trained.module()
        weights = som.weight.detach().cpu().numpy()
        drawn = u_matrix(weights, som.rows, som.columns, som.topology)
        return replace(evidence, u_matrix=drawn, topology=som.topology)
    if isinstance(evidence, Forecast):
        evidence = with_past(evidence, examples)
    if isinstance(evidence, OfExamples):
        rows = np.asarray(evidence.rows, int)
        looks = examples.look_at(rows, trained.encoder, MOST_FEATURES)
        return replace(evidence, examples=tuple(Example(*one) for one in looks))
    return evidence.inside(trained.model, trained.encoder).beside(examples)


def shows_columns(trained: Trained, test: Any) -> bool:
    """Whether a report says which columns matter: of rows of named columns, two at least."""
    if test is None or not trained.problem.learners or trained.problem.has_own_loss:
        return False
    return bool(trained.encoder.columns(test)) and len(test) > 1


def _of_columns(trained: Trained, test: Any, seed: int) -> list[Evidence]:
    """Which columns matter, and how the answer depends on them; nothing where there are no named columns."""
    if not shows_columns(trained, test):
        return []
    columns = trained.encoder.columns(test)
    from gradatim.explain.column_evidence import Columns, Dependence, Note
    from gradatim.explain.partial_dependence import dependence
    from gradatim.explain.permutation import importance

    found = importance(trained, test, seed)
    if found is None:
        return [Note(f"With {len(columns):,} columns, shuffling each of them takes too long for this page.")]
    if not np.isfinite([found.loss, *(rise.mean + rise.deviation for rise in found.rises)]).all():
        return []
    names = [rise.column for rise in found.rises[:MOST_EFFECTS] if rise.mean > 0]
    effects, rows = dependence(trained, test, names, seed)
    return [Columns(found), *([Dependence(effects, rows)] if effects else [])]
