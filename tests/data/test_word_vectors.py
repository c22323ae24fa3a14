"""I9: nearest words, analogies and planes of vectors whose answers are known; files that others read."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from gradatim.checks import UsageError
from gradatim.data.pretrained_vectors import read_vectors
from gradatim.data.word_vectors import WordVectors

RNG = np.random.default_rng(3)
MALE, FEMALE, YOUNG, RULES, PLACE = np.eye(5)
PLANTED = {
    "man": MALE, "woman": FEMALE, "boy": MALE + YOUNG, "girl": FEMALE + YOUNG, "king": MALE + RULES,
    "queen": FEMALE + RULES, "prince": MALE + RULES + YOUNG, "princess": FEMALE + RULES + YOUNG,
    "castle": PLACE + RULES / 2, "field": PLACE,
}  # fmt: skip
VECTORS = WordVectors(tuple(PLANTED), np.array(list(PLANTED.values())) * RNG.uniform(0.5, 2, (10, 1)))


@pytest.mark.parametrize(
    ("a", "b", "c", "d"),
    [
        ("man", "king", "woman", "queen"), ("king", "queen", "man", "woman"),
        ("boy", "girl", "prince", "princess"), ("man", "boy", "king", "prince"),
        ("queen", "princess", "woman", "girl"),
    ],
)  # fmt: skip
def test_planted_analogies_are_completed(a, b, c, d):
    """Whatever the lengths of the vectors; the three words that ask are never the answer."""
    found = VECTORS.analogy(a, b, c, 10)
    assert found[0].word == d
    assert len(found) == 7
    assert not {near.word for near in found} & {a, b, c}
    unit = VECTORS.vectors / np.linalg.norm(VECTORS.vectors, axis=1, keepdims=True)
    at = dict(zip(VECTORS.words, unit, strict=True))
    direction = at[b] - at[a] + at[c]
    assert found[0].cosine == pytest.approx(at[d] @ direction / np.linalg.norm(direction), abs=1e-12)


def test_nearest_words_are_in_the_order_of_their_cosine():
    found = VECTORS.nearest("King", 9)
    assert found[0].word == "prince"
    assert [near.cosine for near in found] == sorted((near.cosine for near in found), reverse=True)
    by_word = dict(found)
    assert by_word["prince"] == pytest.approx(2 / 6**0.5, abs=1e-12)
    assert by_word["man"] == by_word["queen"] or by_word["man"] == pytest.approx(0.5**0.5, abs=1e-12)
    assert by_word["field"] == pytest.approx(0, abs=1e-12)
    assert len(VECTORS.nearest("king", 100)) == 9
    assert VECTORS["KING"] is not None
    np.testing.assert_array_equal(VECTORS["KING"], VECTORS["king"])


def test_a_plane_is_that_of_principal_components():
    """scikit-learn's, up to the signs; to 1e-12."""
    words = list(PLANTED)
    plane = VECTORS.plane(words)
    oracle = PCA(2).fit(VECTORS.unit)
    np.testing.assert_allclose(abs(plane.places), abs(oracle.transform(VECTORS.unit)), atol=1e-12)
    np.testing.assert_allclose(plane.shares, oracle.explained_variance_ratio_, atol=1e-12)


def test_pairs_of_one_relation_lie_along_parallel_lines():
    """Of vectors where b − a is the same: arrows along the first axis, exactly as long as it is."""
    words = ("a1", "b1", "a2", "b2", "a3", "b3")
    base, step = RNG.normal(size=(3, 6)), RNG.normal(size=6)
    rows = np.stack([base[0], base[0] + step, base[1], base[1] + step, base[2], base[2] + step])
    same_length = WordVectors(words, rows)
    same_length.__dict__["unit"] = rows
    pairs = [("a1", "b1"), ("a2", "b2"), ("a3", "b3")]
    plane = same_length.plane(words, pairs)
    moved = plane.places[1::2] - plane.places[::2]
    np.testing.assert_allclose(moved, [[np.linalg.norm(step), 0.0]] * 3, atol=1e-12)
    assert same_length.parallel(pairs) == pytest.approx(1, abs=1e-12)
    crossed = WordVectors(("o", "x", "y"), np.eye(3))
    crossed.__dict__["unit"] = np.array([[0.0, 0], [1, 0], [0, 1]])
    assert crossed.parallel([("o", "x"), ("o", "y")]) == pytest.approx(0, abs=1e-12)


def test_a_plane_of_equal_vectors_is_a_point():
    same = WordVectors(("a", "b", "c"), np.ones((3, 4)))
    plane = same.plane(["a", "b", "c"])
    np.testing.assert_allclose(plane.places, 0, atol=1e-12)
    assert np.isfinite(plane.shares).all()
    assert WordVectors(("a", "b"), np.zeros((2, 3))).nearest("a")[0].cosine == 0


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("quen", r"there is no vector for 'quen' among 10 words: did you mean queen\?"),
        ("prinse", r"'prinse' among 10 words: did you mean prince or princess\?"),
        ("zzzz", "'zzzz' among 10 words: none is spelled nearly so"),
        ("", "a word must be letters; it is ''"), ("  ", "a word must be letters"),
        ("x" * 5000, "there is no vector for 'xxx"),
    ],
)  # fmt: skip
def test_an_unknown_word_is_answered_in_a_sentence(word, sentence):
    for ask in (VECTORS.nearest, lambda one: VECTORS.analogy("man", one, "king"), VECTORS.__getitem__):
        with pytest.raises(UsageError, match=sentence):
            ask(word)
    with pytest.raises(UsageError, match="n must be a whole number of at least 1"):
        VECTORS.nearest("man", 0)


@pytest.mark.parametrize("suffix", [".txt", ".vec", ".bin", ".TXT", ".npz"])
def test_what_is_written_is_read_again_bit_for_bit(tmp_path, suffix):
    """By the reader of --word-vectors; arrays by NumPy, too. Tiny, huge and negative numbers."""
    rows = RNG.normal(size=(4, 3)).astype(np.float32)
    rows[0] = [1e-30, -3e20, 0]
    written = WordVectors(("the", "don't", "naïve", "42"), rows)
    written.write(path := tmp_path / f"vectors{suffix}")
    found = read_vectors(path, written.words)
    assert list(found) == list(written.words)
    for word, row in zip(written.words, rows, strict=True):
        np.testing.assert_array_equal(found[word], row)
        assert found[word].dtype == np.float32
    if suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            np.testing.assert_array_equal(arrays["vectors"], rows)
    if suffix == ".txt":
        assert path.read_text("utf-8").splitlines()[0] == "4 3"


def test_a_line_end_is_no_word_of_a_file(tmp_path):
    """A language model of words has a vector for it, which a file of lines cannot hold."""
    some = WordVectors(("\n", "sea", "a b"), np.eye(3, dtype=np.float32))
    for suffix in (".txt", ".bin"):
        some.write(path := tmp_path / f"v{suffix}")
        assert path.read_bytes().splitlines()[0] == b"1 3"
        assert read_vectors(path, ["sea", "\n"])["sea"].tolist() == [0, 1, 0]


def test_other_files_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"written to a \.txt, \.vec, \.bin, \.npz file, not to .*a\.csv"):
        VECTORS.write(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())
