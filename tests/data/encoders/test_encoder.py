"""Encoders: each comes back from its record, prepares examples for an engine, and says what it reads."""

import json

import numpy as np
import pandas as pd
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data.as_dataset import as_dataset
from gradatim.data.captions import captioned_pictures
from gradatim.data.clip_captions import captioned_clips
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits
from gradatim.data.encoders.captioned_clips import CaptionedClips
from gradatim.data.encoders.captioned_pictures import CaptionedPictures
from gradatim.data.encoders.characters import Characters
from gradatim.data.encoders.encoder import HOMES, encoder_from, fit_encoder
from gradatim.data.encoders.forecast import ForecastEncoder
from gradatim.data.encoders.log_mel import LogMelEncoder
from gradatim.data.encoders.pass_through import PassThrough
from gradatim.data.encoders.plain import Plain
from gradatim.data.encoders.rolls import RollEncoder
from gradatim.data.encoders.sentence_pairs import SentencePairs
from gradatim.data.encoders.series import SeriesEncoder
from gradatim.data.encoders.several import Several
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.encoders.steps import Steps
from gradatim.data.encoders.symbols import Symbols
from gradatim.data.encoders.table import TableEncoder
from gradatim.data.encoders.text_words import TextWords
from gradatim.data.encoders.transcripts import TranscriptEncoder
from gradatim.data.encoders.unit import UnitInterval
from gradatim.data.encoders.words import Words
from gradatim.data.encoders.words_in_context import WordsInContextEncoder
from gradatim.data.labelled_texts import labelled_texts
from gradatim.data.loader import Loader
from gradatim.data.loading import load_data
from gradatim.data.question import Question
from gradatim.data.ragged import Ragged
from gradatim.data.rolls import Rolls
from gradatim.data.sentence_pairs import sentence_pairs
from gradatim.data.sentences import sentences_of
from gradatim.data.series import Series
from gradatim.data.sound.files import Sound
from gradatim.data.sound.recordings import Recordings
from gradatim.data.sources.transcripts import transcribed
from gradatim.data.streams import Windows
from gradatim.data.text import text_of
from gradatim.data.word_text import word_text_of
from gradatim.data.words_in_context import words_in_context
from gradatim.problems.choose import pose

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((40, 3)), np.array(["a", "b"] * 20)
ARRAYS = as_dataset((X, Y))
FRAME = pd.DataFrame({
    "size": RNG.normal(5, 2, 40), "town": ["Rome", "Oslo", "Kyiv", "Rome"] * 10,
    "day": pd.date_range("2024-01-01", periods=40), "price": RNG.normal(100, 20, 40),
})  # fmt: skip
TABLE = load_data(FRAME, "price")
TEXT = text_of("to be or not to be, that is the question\n")
SERIES = load_data(FRAME, "price", time="day", horizon=3)
SENTENCES = sentences_of([["a", "dog", "a"], ["dog"]], [["D", "N", "D"], ["N"]])
TEXTS = labelled_texts(["a good film", "a dull film", "good", "dull film"], ["+", "-", "+", "-"])
CAPTIONED = captioned_pictures(
    np.random.default_rng(0).integers(0, 255, (4, 3, 5, 5), dtype=np.uint8), ["a dog", "two dogs"] * 2
)
CLIPS = captioned_clips(
    np.random.default_rng(0).integers(0, 255, (4, 3, 2, 5, 5), dtype=np.uint8), ["a dog", "two dogs"] * 2
)
PAIRS = sentence_pairs(["ein Hund", "zwei Hunde"] * 2, ["a dog", "two dogs"] * 2)
SOUND = Recordings.of(
    [Sound(np.sin(np.arange(n) / 5.0), 8000, 1, "WAV", False) for n in (2000, 900)],
    ["a.wav", "b.wav"], np.array([1, 0]), ("no", "yes"),
)  # fmt: skip
LOADER = Loader([(X, np.arange(40) % 2)], Question("classification"))
EXAMPLES = {
    "none": ARRAYS, "numbers": ARRAYS, "standardise": ARRAYS, "unit": ARRAYS, "table": TABLE,
    "unit_table": TABLE, "other pictures": load_data("digits"),
    "characters": TEXT,
    "several": as_dataset(({"a": X, "b": X[:, :1]}, Y)), "sequences": Ragged([X, X[:9]], [1, 0]),
    "sentence pairs": PAIRS, "captioned pictures": CAPTIONED,
    "captioned clips": CLIPS,
    "log mel": SOUND, "transcribed recordings": transcribed(SOUND, ["so so", "so"]),
    "steps": Ragged([X, X[:9]], [1, 0]), "series": Series([X, X[:9]], [1, 0]),
    "symbols": Ragged([[3, 1, 3], [1]], [1, 0]),
    "as given": LOADER, "words": SENTENCES,
    "rolls": Rolls([np.eye(3, 88), np.eye(2, 88)]),
    "forecast": SERIES, "spelled words": SENTENCES, "n_grams": TEXTS, "text_symbols": TEXTS,
    "words of a text": word_text_of(TEXT, 9), "words in context": words_in_context(TEXT, 9),
}  # fmt: skip
NOT_ASKED_FOR = (
    "none",
    "other pictures",
    "numbers",
    "unit",
    "unit_table",
    "sequences",
    "spelled words",
    "n_grams",
    "text_symbols",
)  # by the examples themselves
EACH = pytest.mark.parametrize("name", HOMES)


@EACH
def test_an_encoder_comes_back_from_its_record(name):
    encoder = fit_encoder(EXAMPLES[name], name)
    record = json.loads(json.dumps(encoder.as_dict(), allow_nan=False))
    again = encoder_from(record)
    assert type(again) is type(encoder)
    assert again.as_dict() == encoder.as_dict()
    assert (record or {"name": "none"})["name"] == name == encoder.name


@pytest.mark.parametrize(
    "name", ["none", "standardise", "unit", "numbers", "table", "unit_table", "forecast"]
)
def test_what_comes_back_encodes_the_same(name):
    data = EXAMPLES[name]
    encoder = fit_encoder(data, name)
    again = encoder_from(json.loads(json.dumps(encoder.as_dict())))
    for dtype in (np.float32, np.float64):
        found = encoder.inputs(data, dtype)
        assert found.dtype == dtype
        assert found.shape == (len(data), *encoder.shape(data.shape))
        assert encoder.raw(data).shape[1:] == encoder.raw_shape(data.shape)
        np.testing.assert_array_equal(again.inputs(data, dtype), found)
        np.testing.assert_array_equal(encoder.encode(encoder.raw(data), dtype), found)


def test_examples_say_which_encoder_they_ask_for():
    kinds = {name: type(fit_encoder(data)) for name, data in EXAMPLES.items() if name not in NOT_ASKED_FOR}
    assert kinds == {
        "standardise": Standardise, "table": TableEncoder, "characters": Characters, "as given": PassThrough,
        "words": Words, "several": Several, "steps": Steps, "symbols": Symbols,
        "rolls": RollEncoder, "forecast": ForecastEncoder, "series": SeriesEncoder,
        "words of a text": TextWords, "sentence pairs": SentencePairs, "log mel": LogMelEncoder,
        "transcribed recordings": TranscriptEncoder,
        "words in context": WordsInContextEncoder, "captioned pictures": CaptionedPictures,
        "captioned clips": CaptionedClips,
    }  # fmt: skip
    assert type(fit_encoder(ARRAYS, "none")) is Plain


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({"name": "whiten"}, "unknown preprocessing 'whiten': update Gradatim"),
        ({}, "unknown preprocessing None: update Gradatim"),
    ],
)
def test_an_encoder_of_a_later_version_is_refused(record, sentence):
    with pytest.raises(GradatimError, match=f"^{sentence}$"):
        encoder_from(record)


# ---- examples as an engine takes them


def test_rows_are_prepared_inputs_encoded_targets_as_the_loss_reads_them():
    problem = pose(TABLE.question, TABLE.y)
    encoder = fit_encoder(TABLE)
    found = encoder.prepare(TABLE, problem, np.float64)
    np.testing.assert_array_equal(found.x, encoder.inputs(TABLE, np.float64))
    assert found.x.dtype == np.float64 and found.columns == ()
    np.testing.assert_allclose([found.y.mean(), found.y.std()], [0, 1], atol=1e-12)
    asked = encoder.prepare_to_ask(TABLE, problem, np.float32)
    assert asked.x.dtype == np.float32
    without = encoder.prepare(Dataset(TABLE.x, columns=TABLE.columns), problem, np.float32)
    assert without.y is None


def test_a_loader_s_batches_are_left_as_they_are():
    assert PassThrough().prepare(LOADER, pose(LOADER.question), np.float32) is LOADER


def test_a_text_is_prepared_as_windows_of_the_vocabulary_that_was_trained_on():
    encoder = fit_encoder(TEXT).with_window(7)
    assert (encoder.characters, encoder.window) == (TEXT.vocabulary.characters, 7)
    problem = pose(TEXT.question)
    assert encoder.prepare(TEXT, problem, np.float32) == Windows(TEXT, 7)
    other = encoder.prepare(text_of("not to be"), problem, np.float32)
    assert other.text.vocabulary.characters == TEXT.vocabulary.characters
    assert other.text.characters() == "not to be"
    with pytest.raises(UsageError, match="has characters that were not in the training text: 'x'"):
        encoder.prepare(text_of("to be x"), problem, np.float32)
    assert encoder.prepare_to_ask(text_of("to be"), problem, np.float32).length == 4
    assert encoder.prepare_to_ask(TEXT, problem, np.float32).length == 7


# ---- what it reads, as later examples are read


def test_a_template_says_what_others_are_read_as():
    for data in (ARRAYS, TABLE, digits()):
        encoder = encoder_from(json.loads(json.dumps(fit_encoder(data).as_dict())))
        empty = encoder.template(encoder.raw_shape(data.shape), data.features)
        found = empty.asking(data.question, data.targets)
        assert len(found) == 0 and found.layout == "rows"
        assert found.features == data.features
        assert [(one.name, one.kind) for one in found.columns] == [(c.name, c.kind) for c in data.columns]
        assert (found.task, found.targets, found.classes) == (
            data.question.task, data.targets, data.classes
        )  # fmt: skip
    text = encoder_from(fit_encoder(TEXT).as_dict()).template((), ())
    assert (len(text), text.vocabulary.characters, text.question) == (
        0, TEXT.vocabulary.characters, TEXT.question
    )  # fmt: skip
    assert list(PassThrough().template(None, ())) == []


def test_columns_are_known_among_the_encoded_numbers():
    encoder = fit_encoder(TABLE)
    columns = encoder.columns(TABLE)
    assert [one.name for one in columns] == ["size", "town", "day"]
    places, names = encoder.places(len(columns)), encoder.names(TABLE.features)
    assert [place.start for place in places] == [0, *(place.stop for place in places[:-1])]
    assert places[-1].stop == len(names) == encoder.shape(TABLE.shape)[0]
    for one, place in zip(columns, places, strict=True):
        assert all(one.name in name for name in names[place])
    (town,) = encoder.category_places()
    assert names[slice(*town)] == names[places[1]]
    plain = Standardise.fit(ARRAYS)
    assert plain.places(3) == [slice(0, 1), slice(1, 2), slice(2, 3)]
    assert plain.columns(ARRAYS) == () and plain.category_places() == []


def test_an_example_is_told_by_its_features_as_a_person_reads_them():
    encoder = fit_encoder(TABLE)
    first = encoder.features(encoder.raw(TABLE)[0], TABLE.features, 2)
    assert first == {"size": pytest.approx(FRAME["size"][0]), "town": "Rome"}
    numbered = Plain().features(np.arange(20.0).reshape(4, 5), (), 3)
    assert numbered == {"feature 0": 0.0, "feature 1": 1.0, "feature 2": 2.0}
    assert Plain().features(np.arange(3.0), ("a", "b", "c"), 9) == {"a": 0.0, "b": 1.0, "c": 2.0}


# ---- numbers between 0 and 1


def test_units_read_numbers_between_0_and_1():
    """Of training; what is beyond it later is cut off, and a constant is 0."""
    x = np.array([[0.0, 16.0], [4.0, 8.0]])
    found = UnitInterval.fit(Dataset(x))
    np.testing.assert_array_equal(found.encode(x, np.float64), x / 16)
    np.testing.assert_array_equal(found.encode(np.array([[-3.0, 99.0]]), np.float64), [[0.0, 1.0]])
    constant = UnitInterval.fit(Dataset(np.full((4, 2), 7.0)))
    np.testing.assert_array_equal(constant.encode(np.full((1, 2), 7.0)), [[0.0, 0.0]])
    pixels = np.array([[0, 255], [51, 102]], np.uint8)
    np.testing.assert_allclose(UnitInterval.fit(Dataset(pixels)).encode(pixels), pixels / 255, rtol=1e-6)


def test_inputs_too_large_for_the_precision_are_named_whatever_the_encoder():
    x = np.ones((5, 2))
    x[4, 0] = 1e300
    with pytest.raises(GradatimError, match=r"^example 4 holds 1e\+300: too large for float32$"):
        Plain().encode(x)
