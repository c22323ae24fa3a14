"""ImageClassifier and ImageSegmenter: a run's weights to the bit, whatever holds the pictures."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, jaccard_score
from sklearn.model_selection import GridSearchCV, cross_val_score

import gradatim
from gradatim.checks import GradatimError, Notice, UsageError
from gradatim.estimators import ImageClassifier, ImageSegmenter

RNG = np.random.default_rng(0)
X = RNG.integers(0, 40, (24, 12, 12)).astype(np.uint8)  # a bright stripe on the left, in the middle, right
Y = np.array(["left", "middle", "right"] * 8)
for k, name in enumerate(("left", "middle", "right")):
    X[name == Y, :, 4 * k : 4 * k + 4] += 150
MASKS = np.where(X > 100, 255, 7)
SCALED = "ignore:pictures of 12×12 to 12×20:gradatim.checks.Notice"
QUICK = {"max_iter": 3, "random_state": 0, "n_jobs": 1}
CNN = {"model": "small_cnn", **QUICK}


@pytest.fixture(scope="module")
def classifier():
    return ImageClassifier(**CNN).fit(X, Y)


@pytest.fixture(scope="module")
def segmenter():
    return ImageSegmenter(**{**QUICK, "max_iter": 8}).fit(X, MASKS)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Names of files in three sizes and colours, their classes, and the files of their masks."""
    folder = tmp_path_factory.mktemp("photos")
    files, masks = [], []
    for i, (x, mask) in enumerate(zip(X, MASKS, strict=True)):
        size = (12 + 4 * (i % 3), 12)  # width, height
        image = Image.fromarray(x).convert("RGB").resize(size)
        image.save(folder / f"{i}.png")
        Image.fromarray(mask.astype(np.uint8)).resize(size, Image.Resampling.NEAREST).save(
            folder / f"m{i}.png"
        )
        files.append(str(folder / f"{i}.png"))
        masks.append(folder / f"m{i}.png")
    return files, masks


@pytest.mark.parametrize("how", [{}, {"model": "small_cnn", "augment": "standard"}])
def test_the_weights_are_those_of_a_run_to_the_bit(how, tmp_path):
    """That has its test examples elsewhere: a run that is given none keeps a fifth for its test."""
    run = gradatim.train(
        (X, Y), test=(X[:6], Y[:6]), epochs=3, seed=0, threads=1, quiet=True, out=tmp_path / "run", **how
    )
    model = ImageClassifier(**QUICK, **how).fit(X, Y)
    own, its = model.network_.state_dict(), run.model.state_dict()
    assert own.keys() == its.keys() and all(bool((own[name] == its[name]).all()) for name in its)
    assert run.trained.network == model._trained.network


def test_masks_are_learned_as_a_run_learns_them(segmenter, tmp_path):
    run = gradatim.train(
        (X, MASKS), test=(X[:6], MASKS[:6]), epochs=8, seed=0, threads=1, quiet=True, out=tmp_path / "run"
    )
    own, its = segmenter.network_.state_dict(), run.model.state_dict()
    assert own.keys() == its.keys() and all(bool((own[name] == its[name]).all()) for name in its)


def test_classes_and_probabilities_are_in_their_order(classifier):
    assert classifier.classes_.tolist() == ["left", "middle", "right"] and is_classifier(classifier)
    assert classifier.n_features_in_ == 144 and classifier.input_shape_ == (1, 12, 12)
    p = classifier.predict_proba(X)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-6)
    np.testing.assert_array_equal(classifier.classes_[p.argmax(1)], classifier.predict(X))
    np.testing.assert_array_equal(np.log(p), classifier.predict_log_proba(X))
    assert classifier.score(X, Y) == accuracy_score(Y, classifier.predict(X))
    assert len(classifier.loss_curve_) == classifier.n_iter_ == 3


def test_axes_may_stand_in_any_order(classifier):
    expected = classifier.predict_proba(X)
    for x in (X[:, None], X[..., None], X.astype(np.float64)):
        np.testing.assert_array_equal(classifier.predict_proba(x), expected)
    colours = np.repeat(X[:, None], 3, 1)
    first, last = (ImageClassifier(**CNN).fit(x, Y) for x in (colours, np.moveaxis(colours, 1, 3)))
    np.testing.assert_array_equal(
        first.predict_proba(colours), last.predict_proba(np.moveaxis(colours, 1, 3))
    )


@pytest.mark.parametrize("kind", [ImageClassifier, ImageSegmenter])
def test_they_are_scikit_learns(kind, classifier, segmenter):
    fitted = classifier if kind is ImageClassifier else segmenter
    y = Y if kind is ImageClassifier else MASKS
    again = clone(fitted)
    assert again.get_params() == fitted.get_params() and not hasattr(again, "classes_")
    assert set(vars(kind())) == set(kind().get_params())
    expected = fitted.predict_proba(X)
    np.testing.assert_array_equal(again.fit(X, y).predict_proba(X), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(X), expected)
    assert clone(fitted).set_params(random_state=1).random_state == 1
    with pytest.raises(NotFittedError):
        kind().predict(X)


@pytest.mark.filterwarnings(SCALED)
def test_files_and_images_are_read_alike(photos):
    """As a folder's are: into colours, and a common size."""
    files, _ = photos
    images = [Image.open(file) for file in files]
    by_files, by_images = (ImageClassifier(**{**CNN, "max_iter": 1}).fit(x, Y) for x in (files, images))
    assert by_files.input_shape_ == (3, 12, 12)
    expected = by_files.predict_proba(files)
    np.testing.assert_array_equal(by_images.predict_proba(images), expected)
    mixed = [image if i % 2 else file for i, (file, image) in enumerate(zip(files, images, strict=True))]
    np.testing.assert_array_equal(by_files.predict_proba(mixed), expected)
    np.testing.assert_array_equal(by_files.predict_proba(np.array(files)), expected)
    smaller = ImageClassifier(**{**CNN, "max_iter": 1}, input_size=(8, 10)).fit(files, Y)
    assert smaller.input_shape_ == (3, 8, 10) and smaller.predict(files[:2]).shape == (2,)


@pytest.mark.filterwarnings(SCALED)
def test_the_files_are_a_runs_folder(photos, tmp_path):
    """The same network, recipe and numbers as of a folder of the same pictures."""
    files, _ = photos
    order = np.argsort(Y, kind="stable")
    named = sorted((Y[i], f"{i:03}.png", files[i]) for i in order)
    for label, name, file in named:
        (tmp_path / "all" / label).mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / label / name).write_bytes(Path(file).read_bytes())
    run = gradatim.train(
        tmp_path / "all", test=(np.repeat(X[:6, None], 3, 1), Y[:6]), epochs=1, seed=0, threads=1, quiet=True,
        out=tmp_path / "run",
    )  # fmt: skip
    model = ImageClassifier(**{**QUICK, "max_iter": 1}).fit(
        [file for *_, file in named], [label for label, *_ in named]
    )
    own, its = model.network_.state_dict(), run.model.state_dict()
    assert own.keys() == its.keys() and all(bool((own[name] == its[name]).all()) for name in its)


@pytest.mark.filterwarnings(SCALED)
def test_a_file_that_cannot_be_read_is_left_out_of_fit_and_refused_by_predict(classifier, photos, tmp_path):
    files, _ = photos
    (tmp_path / "empty.png").touch()
    odd = [*files[:23], str(tmp_path / "empty.png")]
    with pytest.warns(Notice, match="1 of 24 files cannot be read and is left out"):
        model = ImageClassifier(**CNN).fit(odd, Y)
    with pytest.raises(GradatimError, match=r"X\[23\] .*empty.png\) cannot be read"):
        model.predict(odd)


@pytest.mark.filterwarnings(SCALED)
def test_masks_come_back_in_their_values_and_sizes(segmenter, photos):
    assert segmenter.classes_.tolist() == [7, 255]
    found, p = segmenter.predict(X), segmenter.predict_proba(X)
    assert found.shape == MASKS.shape and set(np.unique(found)) <= {7, 255} and p.shape == (24, 2, 12, 12)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    np.testing.assert_array_equal(segmenter.classes_[p.argmax(1)], found)
    expected = jaccard_score(MASKS.ravel(), found.ravel(), average="macro")
    assert segmenter.score(X, MASKS) == pytest.approx(expected, abs=1e-12) and expected > 0.8
    files, masks = photos
    of_files = ImageSegmenter(**{**QUICK, "max_iter": 8}).fit(files, masks)
    found = of_files.predict(files)
    assert [one.shape for one in found[:3]] == [(12, 12), (12, 16), (12, 20)]
    assert of_files.classes_.tolist() == [7, 255] and of_files.score(files, masks) > 0.8
    truth = np.concatenate([np.asarray(Image.open(mask)).ravel() for mask in masks])
    expected = jaccard_score(truth, np.concatenate([one.ravel() for one in found]), average="macro")
    assert of_files.score(files, masks) == pytest.approx(expected, abs=1e-12)
    arrays = [np.asarray(Image.open(mask)) for mask in masks]
    assert of_files.score(files, arrays) == of_files.score([Image.open(file) for file in files], masks)


def test_tiles_read_large_pictures_at_their_own_size(segmenter):
    large = Image.fromarray(np.tile(X[0], (3, 3)))  # 36×36, three times what was learned from
    tiles = clone(segmenter).set_params(tiles=True).fit(X, MASKS)
    smaller, own = segmenter.predict([large])[0], tiles.predict([large])[0]
    assert smaller.shape == own.shape == (36, 36)
    truth = np.where(np.tile(X[0], (3, 3)) > 100, 255, 7)
    assert (own == truth).mean() > (smaller == truth).mean()


@pytest.mark.filterwarnings(SCALED)
def test_coloured_masks_are_classes_by_their_colours(photos):
    files, masks = photos
    red = [Image.fromarray(np.stack([np.asarray(Image.open(one))] + 2 * [np.zeros((12, 12 + 4 * (i % 3)))], 2)
                           .astype(np.uint8)) for i, one in enumerate(masks)]  # fmt: skip
    model = ImageSegmenter(**{**QUICK, "max_iter": 1}).fit(files, red)
    assert model.classes_.tolist() == ["#070000", "#ff0000"]
    assert set(np.unique(model.predict(files[:1])[0])) <= {"#070000", "#ff0000"}
    assert 0 <= model.score(files, red) <= 1
    with pytest.raises(UsageError, match=r"y\[0\] holds the value #070707, which was not learned"):
        model.score(files, masks)


@pytest.mark.filterwarnings(SCALED)
def test_searches_and_folds_take_lists_and_arrays(photos):
    files, _ = photos
    few = {**CNN, "max_iter": 1}
    assert cross_val_score(ImageClassifier(**few), files, Y, cv=2).shape == (2,)
    search = GridSearchCV(ImageClassifier(**few), {"augment": ["none", "flip"]}, cv=2).fit(X, Y)
    assert search.best_params_["augment"] in ("none", "flip")


def test_groups_stand_in_one_part(classifier):
    people = np.arange(24) // 6
    other = ImageClassifier(**CNN).fit(X, Y, groups=people)
    assert not np.array_equal(other.predict_proba(X), classifier.predict_proba(X))
    with pytest.raises(UsageError, match="24 pictures but 23 groups"):
        ImageClassifier(**CNN).fit(X, Y, groups=people[:-1])


def test_a_run_is_gone_on_from(tmp_path):
    run = gradatim.train((X, Y), model="small_cnn", epochs=1, quiet=True, out=tmp_path / "run")
    model = ImageClassifier(pretrained=run.path, **{**QUICK, "max_iter": 1}).fit(X, Y)
    assert model.loss_curve_[0] < ImageClassifier(**{**CNN, "max_iter": 1}).fit(X, Y).loss_curve_[0]
    with pytest.raises(UsageError, match="leave out --model"):
        ImageClassifier("small_cnn", pretrained=run.path).fit(X, Y)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ImageClassifier().fit(X, None), "requires y to be passed"),
        (lambda: ImageClassifier().fit(X[:-1], Y), "inconsistent numbers of samples"),
        (lambda: ImageClassifier().fit(X, ["a"] * 24), "at least 2 classes"),
        (lambda: ImageClassifier().fit(X[0], Y[:12]), r"X is an array \(12, 12\) of uint8: give"),
        (lambda: ImageClassifier().fit(np.zeros((24, 2, 9, 9)), Y), "one channel or three"),
        (lambda: ImageClassifier().fit(X.astype(float) * np.nan, Y), "the inputs hold nan at example 0"),
        (lambda: ImageClassifier(input_size=8).fit(X, Y), "input_size is for lists of files and images"),
        (lambda: ImageClassifier(max_iter=0).fit(X, Y), "max_iter must be"),
        (lambda: ImageClassifier(learning_rate_init=0).fit(X, Y), "learning_rate_init must be"),
        (lambda: ImageClassifier(validation_fraction=1).fit(X, Y), "validation_fraction must be"),
        (lambda: ImageClassifier("small_cn").fit(X, Y), "small_cnn"),
        (lambda: ImageClassifier(augment="flop").fit(X, Y), "flip"),
        (lambda: ImageClassifier().fit(["a.png", 3] + ["b.png"] * 22, Y), r"X\[1\] is int, and other items"),
        (lambda: ImageClassifier().fit(["none.png"] * 24, Y), "none of the 24 .* there is no file none.png"),
        (lambda: ImageClassifier(pretrained="gone").fit(X, Y), "gone"),
        (lambda: ImageSegmenter().fit(X, MASKS[:-1]), "24 pictures but 23 masks"),
        (lambda: ImageSegmenter().fit(X, None), "requires y to be passed"),
        (lambda: ImageSegmenter().fit(X, MASKS[:, :5]), r"y\[0\] is a mask of 5×12 pix.* picture has 12×12"),
        (lambda: ImageSegmenter().fit(X, MASKS / 2), "masks hold whole numbers"),
        (lambda: ImageSegmenter().fit(X, MASKS * 0), r"the masks hold 1 class \(0\)"),
        (lambda: ImageSegmenter().fit(X, np.arange(24)), r"y\[0\] must be a mask \(H, W\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_learned(call, said):
    with pytest.raises((ValueError, GradatimError), match=said):
        call()


def test_what_is_predicted_must_be_like_what_was_learned(classifier, segmenter):
    with pytest.raises(UsageError, match=r"pictures of fit were 1×12×12 .*, these are 1×9×9: scale them"):
        classifier.predict(np.zeros((2, 9, 9), np.uint8))
    with pytest.raises(UsageError, match="X holds no picture"):
        classifier.predict([])
    with pytest.raises(
        UsageError, match=r"y\[0\] holds the value 1, which was not learned; those are 7, 255"
    ):
        segmenter.score(X[:1], np.ones((1, 12, 12), int))


def test_pixels_of_masks_that_are_not_known(photos, tmp_path):
    """The weights of a run with `void`; no answer, and in no score."""
    masks = np.where(X > 100, 2, np.where(np.arange(12) < 2, 9, 7))
    model = ImageSegmenter(void=9, **QUICK).fit(X, masks)
    how = {"test": (X[:6], masks[:6]), "epochs": 3, "seed": 0, "threads": 1, "quiet": True}
    run = gradatim.train((X, masks), void=9, out=tmp_path / "run", **how)
    own, its = model.network_.state_dict(), run.model.state_dict()
    assert all(bool((own[name] == its[name]).all()) for name in its)
    assert model.classes_.tolist() == [2, 7] and model.void_ == 9
    said, known = model.predict(X), masks != 9
    assert set(np.unique(said)) <= {2, 7} and clone(model).void == 9
    expected = jaccard_score(masks[known], said[known], average="macro")
    assert model.score(X, masks) == pytest.approx(expected, abs=1e-15)
    with pytest.raises(UsageError, match="no pixel of the masks is known"):
        model.score(X[:2], np.full((2, 12, 12), 9))
    with pytest.raises(UsageError, match=r"y\[0\] holds the value 3, which was not learned; those are 2, 7$"):
        model.score(X[:2], np.full((2, 12, 12), 3))
    with pytest.raises(
        UsageError, match="void is 4, but no pixel of the masks has this value; they hold 2, 7, 9"
    ):
        ImageSegmenter(void=4, **QUICK).fit(X, masks)
    voc = np.where(masks == 9, 255, masks // 7)
    with pytest.warns(
        Notice, match="255 stands in the masks beside the classes 0, 1, .* void=.none. makes it a class"
    ):
        by_itself = ImageSegmenter(**{**QUICK, "max_iter": 1}).fit(list(X[:, None]), list(voc))
    assert by_itself.void_ == 255 and by_itself.classes_.tolist() == [0, 1]
    as_class = ImageSegmenter(void="none", **{**QUICK, "max_iter": 1}).fit(X, voc)
    assert as_class.void_ is None and as_class.classes_.tolist() == [0, 1, 255]
