"""`gradatim plot domains`: two domains before and after transfer components, or in an adapted network."""

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.estimators import TCA
from gradatim.explain.charts.domains import distance_of_means
from gradatim.jobs.plot import plot


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two files of the same columns; all of the second's b are larger."""
    place = tmp_path_factory.mktemp("domains")
    rng = np.random.default_rng(0)
    for name, shift in (("there", 0.0), ("here", 2.0)):
        x, y = rng.normal(size=(150, 3)), np.arange(150) % 2
        x += np.stack((2.5 * y, np.full(150, shift), 0 * y), 1)
        rows = [
            f"{a:.3f},{b:.3f},{c:.3f},{'yes' if one else 'no'}" for (a, b, c), one in zip(x, y, strict=True)
        ]
        (place / f"{name}.csv").write_text("\n".join(["a,b,c,sold", *rows]) + "\n")
    return place


@pytest.fixture(scope="module")
def run(folder):
    return gradatim.train(
        str(folder / "there.csv"), target="sold", adapt_to=str(folder / "here.csv"), out=folder / "run",
        epochs=3, hidden=8, threads=1, quiet=True, baselines=False,
    )  # fmt: skip


def test_of_two_files_the_components_are_those_of_the_estimator(folder, run, tmp_path):
    """The inputs are the run's, which scales by its training rows: to 1e-9."""
    sides = str(folder / "there.csv"), str(folder / "here.csv")
    said = plot("domains", *sides, target="sold", arguments={"mu": 0.5}, out=tmp_path / "a.svg")
    dtype = np.float32
    x = [
        run.trained.encoder.inputs(one, dtype).astype(float)
        for one in (run.data.train, run.data.domain.train)
    ]
    tca = TCA(2, kernel="linear", mu=0.5).fit_domains(*x)
    after = distance_of_means(*(tca.transform(one) for one in x))
    assert said["rows"] == [len(one) for one in x]
    assert said["apart_before"] == pytest.approx(distance_of_means(*x), abs=1e-9)
    assert said["apart_after"] == pytest.approx(after, abs=1e-9)
    assert after < 0.01 and said["apart_before"] > 0.5
    words = (tmp_path / "a.svg").read_text()
    assert "Source there, target here" in words and "filled source, hollow target" in words


def test_of_a_run_the_features_are_what_its_last_layer_reads(run, tmp_path):
    """Against `gradatim.features` of the layer before the head: to 1e-6."""
    said = plot("domains", str(run.path), out=tmp_path / "a.svg")
    before_head = [name for name, layer in run.model.named_modules() if not list(layer.children())][-2]
    layer = gradatim.features(run.path, before_head)
    tables = [pd.DataFrame(part.x, columns=list("abc")) for part in (run.data.train, run.data.domain.train)]
    parts = [layer.transform(table) for table in tables]
    assert said["apart_after"] == pytest.approx(distance_of_means(*parts), rel=1e-5)


def test_of_many_rows_and_columns_some_are_looked_at(tmp_path):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(900, 60)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    said = plot("domains", (x, y), (x + 1, y), out=tmp_path / "a.png")
    assert said["rows"] == [400, 400] and said["apart_after"] < 0.01


def test_what_is_refused(run, folder, tmp_path):
    out = {"out": tmp_path / "a.png"}
    alone = gradatim.train(str(folder / "there.csv"), target="sold", epochs=1, hidden=4, quiet=True,
                           baselines=False, out=tmp_path / "alone")  # fmt: skip
    for things, more, sentence in (
        ([str(alone.path)], {}, "knows one domain: name a run that was trained with --adapt-to"),
        ([], {}, "name a run that was trained with --adapt-to, or two sets of data"),
        ([str(run.path)], {"arguments": {"mu": 1}}, "plot domains RUN takes no mu"),
        (["digits", "digits"], {"arguments": {"kernl": "rbf"}}, "takes no argument 'kernl': did you mean"),
        (["digits", "digits"], {"arguments": {"mu": 0}}, "mu must be"),
        (["digits", str(folder / "here.csv")], {}, "the network learned from numbers"),
    ):
        with pytest.raises(UsageError, match=sentence):
            plot("domains", *things, **out, **more)
