"""A page that sets several runs on the same data beside each other."""

import re

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.jobs.report_beside import report_beside

QUICK = {"threads": 1, "quiet": True, "baselines": False, "seed": 0}
SPACES = str.maketrans({"\u202f": " ", "\u2011": "-"})


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return [
        gradatim.train("digits", epochs=epochs, hidden=hidden, out=folder / name, **QUICK)
        for name, epochs, hidden in (("narrow", 1, 2), ("wide", 4, 16))
    ]


def page_of(runs, path):
    found = report_beside(runs, path)
    return found, path.read_text(encoding="utf-8").translate(SPACES)


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_it_says_which_is_better_and_by_how_much(runs, tmp_path):
    found, page = page_of(runs, tmp_path / "both.html")
    narrow, wide = (run.metrics["accuracy"] for run in runs)
    assert found["best"] == str(runs[1].path) and found["measure"] == "accuracy"
    assert found["runs"][0]["behind"] == pytest.approx(wide - narrow, abs=1e-12)
    low, high = found["runs"][0]["interval"]
    assert 0 < low < wide - narrow < high
    said = found["said"].translate(SPACES)
    assert said.startswith("wide is better than narrow: its accuracy on 359 test examples is")
    assert f"{100 * (wide - narrow):.1f} points more (95 % interval" in said and said in words_of(page)


def test_the_interval_is_that_of_the_difference_of_shares(runs, tmp_path):
    found, _ = page_of(runs, tmp_path / "both.html")
    right = [run.trained.problem.answer(run.measured.a) == run.measured.y for run in runs]
    d = right[1].astype(float) - right[0]
    half = 1.96 * d.std() / np.sqrt(len(d))
    np.testing.assert_allclose(found["runs"][0]["interval"], [d.mean() - half, d.mean() + half], atol=0.015)


def test_it_counts_where_they_are_right_together_and_alone(runs, tmp_path):
    _, page = page_of(runs, tmp_path / "both.html")
    one, two = (run.trained.problem.answer(run.measured.a) == run.measured.y for run in runs)
    assert f"Both are right on {(one & two).sum()} of 359 and wrong on {(~one & ~two).sum()}." in page
    words = words_of(page)
    assert f"narrow {one.sum()} {(one & ~two).sum()} {(two & ~one).sum()}" in words
    assert f"wide {two.sum()} {(two & ~one).sum()} {(one & ~two).sum()}" in words


def test_only_what_differs_is_listed(runs, tmp_path):
    _, page = page_of(runs, tmp_path / "both.html")
    settings = words_of(page[page.index('id="settings"') :])
    assert "epochs 1 4" in settings and "hidden 2 16" in settings
    assert "batch_size" not in settings and "python" not in settings


def test_the_page_is_whole_and_asks_for_nothing(runs, tmp_path):
    _, page = page_of(runs, tmp_path / "both.html")
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    for name in ("measures", "curves", "answers", "settings", "again"):
        assert f'id="{name}"' in page
    assert page.count('class="line valid run kind0"') == page.count('class="line valid run kind1"') == 2
    assert "gradatim train digits" in words_of(page)


def test_python_and_the_order_of_the_runs(runs, tmp_path):
    path = runs[0].report(beside=[runs[1].path], out=tmp_path / "a.html")
    again = runs[1].report(beside=[runs[0]], out=tmp_path / "b.html")
    pages = [words_of(one.read_text("utf-8").translate(SPACES)) for one in (path, again)]
    assert all("wide is better than narrow" in page for page in pages)
    with pytest.raises(UsageError, match="beside"):
        runs[0].report(out=tmp_path / "c.html")
    assert runs[0].report().name == "report.html"


def test_runs_on_other_data_are_refused(runs, tmp_path):
    other = gradatim.train("moons", epochs=1, hidden=2, out=tmp_path / "moons", **QUICK)
    with pytest.raises(UsageError, match=r"do not have the same data \([0-9a-f]{12} and [0-9a-f]{12}\)"):
        report_beside([runs[0], other], tmp_path / "both.html")
    assert not (tmp_path / "both.html").exists()


def test_other_parts_and_other_questions_are_refused(runs, tmp_path):
    parts = gradatim.train("digits", epochs=1, hidden=2, test=0.3, out=tmp_path / "parts", **QUICK)
    with pytest.raises(UsageError, match=r"same test part \(none and 0.3\)"):
        report_beside([runs[0], parts], tmp_path / "both.html")
    coded = gradatim.train(
        "digits", epochs=1, task="reconstruction", hidden=[4], out=tmp_path / "coded", **QUICK
    )
    with pytest.raises(UsageError, match=r"the one answers classes .* the other reconstruction"):
        report_beside([runs[0], coded], tmp_path / "both.html")
    with pytest.raises(UsageError, match="two different runs"):
        report_beside([runs[0], runs[0]], tmp_path / "both.html")


def test_texts_have_samples_and_numbers_their_predictions(tmp_path):
    text = tmp_path / "book.txt"
    text.write_text("the cat sat on the mat and the dog ran to the log. " * 60, "utf-8")
    some = [
        gradatim.train(text, epochs=1, hidden=hidden, out=tmp_path / f"text-{hidden}", **QUICK)
        for hidden in (2, 4)
    ]
    found, page = page_of(some, tmp_path / "texts.html")
    assert found["measure"] == "bits_per_character" and 'id="samples"' in page
    some = [
        gradatim.train("sine", epochs=epochs, hidden=4, out=tmp_path / f"sine-{epochs}", **QUICK)
        for epochs in (1, 2, 3)
    ]
    found, page = page_of(some, tmp_path / "sines.html")
    assert (found["measure"] == "rmse" and "of 3 runs" in found["said"]) or "do not tell" in found["said"]
    assert len(re.findall(r"<dt>sine-3</dt>", page)) == 12
