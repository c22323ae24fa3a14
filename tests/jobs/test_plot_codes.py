"""What is drawn of autoencoders: the examples, places and pictures are the network's own."""

import re

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.codes import coded_examples, decoded
from gradatim.jobs.plots.interpolation import pairs_of
from gradatim.jobs.plots.latent import on_a_plane
from gradatim.jobs.train import train
from gradatim.unsupervised.latent import decode, interpolate, latent_map

QUICK = {"epochs": 2, "quiet": True, "threads": 1}


def texts(path):
    return re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return {
        "vae": train("digits", model="vae", network={"latent": 2, "hidden": [8]},
                     out=folder / "vae", **QUICK),
        "bernoulli": train("digits", model="autoencoder", network={"hidden": [8, 3]}, loss="bernoulli_nll",
                           out=folder / "bernoulli", **QUICK),
        "conv": train("digits", model="conv_autoencoder", network={"channels": [4], "code": 2},
                      out=folder / "conv", **QUICK),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("what", "arguments", "words"),
    [
        ("reconstructions", {"examples": 4}, ["input", "reconstruction", "the largest errors"]),
        ("latent", {}, ["code 1", "code 2", "0", "9", "2 numbers a code"]),
        ("latent-plane", {"steps": 5}, ["code 1", "code 2"]),
        ("interpolation", {"pairs": 2, "steps": 3}, ["0 → 1", "1 → 2", "0.5", "example"]),
        ("samples", {"count": 5}, ["the mean of p(x | z) for codes z that are drawn from N(0, I)"]),
    ],
)
def test_both_themes_name_what_is_shown_and_are_the_same_twice(what, arguments, words, runs, tmp_path):
    given = {"arguments": arguments} if arguments else {}
    for theme, paper in (("light", "#ffffff"), ("dark", "#14171a")):
        pages = [tmp_path / name for name in ("a.svg", "b.svg")]
        for page in pages:
            plot(what, runs["vae"], out=page, theme=theme, **given)
        assert pages[0].read_bytes() == pages[1].read_bytes() and f"fill: {paper}" in pages[0].read_text()
    assert set(words) <= set(texts(tmp_path / "a.svg"))


def test_the_plane_of_an_autoencoder_lies_where_its_codes_are(runs, tmp_path):
    said = plot("latent-plane", runs["conv"], arguments={"steps": 3}, out=tmp_path / "p.svg")
    low, high = np.quantile(coded_examples(runs["conv"]).codes, (0.005, 0.995), 0)
    assert said["low"] == pytest.approx(low) and said["high"] == pytest.approx(high)


@pytest.mark.parametrize("name", ["vae", "bernoulli", "conv"])
def test_reconstructions_are_those_with_the_median_and_the_largest_errors(name, runs, tmp_path):
    run = runs[name]
    said = plot("reconstructions", run, arguments={"examples": 3}, out=tmp_path / "r.svg")
    found = run.predict(run.data.test.x).arrays["prediction"]
    x = run.trained.encoder.inputs(run.data.test).reshape(len(found), -1)
    error = ((found - x) ** 2).mean(1)
    assert said["worst"] == np.argsort(-error)[:3].tolist()
    assert (
        np.abs(error[said["typical"]] - np.median(error)).max()
        <= np.sort(np.abs(error - np.median(error)))[2]
    )
    assert said["error"] == pytest.approx(run.metrics["reconstruction_error"], rel=1e-5)


def test_codes_of_more_than_two_numbers_are_their_principal_components(runs, tmp_path):
    run = runs["bernoulli"]
    found = coded_examples(run)
    with torch.no_grad():
        x = torch.from_numpy(run.trained.encoder.inputs(run.data.test))
        np.testing.assert_allclose(found.codes, run.trained.module().encode(x), rtol=1e-6)
    assert found.word == "test" and np.array_equal(found.y, run.data.test.y)
    places, _, facts = on_a_plane(found.codes)
    pca = PCA(2).fit(found.codes)
    np.testing.assert_allclose(np.abs(places), np.abs(pca.transform(found.codes)), atol=1e-9)
    assert facts["shares"] == pytest.approx(pca.explained_variance_ratio_)
    said = plot("latent", run, out=tmp_path / "l.svg")
    share = f"{100 * pca.explained_variance_ratio_[0]:.0f}"
    assert said["code_size"] == 3
    assert f"principal component 1 of the codes ({share} %)" in texts(tmp_path / "l.svg")


def test_what_is_decoded_is_what_the_network_sees(runs):
    """Logits become probabilities; a vae's means stay."""
    run = runs["bernoulli"]
    codes = coded_examples(run).codes
    found = run.predict(run.data.test.x).arrays["prediction"]
    np.testing.assert_allclose(decoded(run, decode(run.trained.module(), codes)), found, atol=1e-6)
    network = runs["vae"].trained.module()
    grid = latent_map(network, 3).reshape(9, -1)
    np.testing.assert_array_equal(decoded(runs["vae"], grid), grid)
    x = coded_examples(runs["vae"]).x
    way = decoded(runs["vae"], interpolate(network, x[0], x[1], 2))
    again = runs["vae"].predict(runs["vae"].data.test.x[:1]).arrays["prediction"]
    assert way.shape == (2, 64) and np.isfinite(again).all()


def test_pairs_go_from_class_to_class():
    y = np.array([0] * 5 + [1] * 5 + [2] * 5)
    pairs = pairs_of(y, 15, 6)
    assert len({row for pair in pairs for row in pair}) == 12
    assert all(y[first] != y[second] for first, second in pairs)
    assert pairs_of(np.zeros(4, int), 4, 1) == [[0, 1]]


def test_a_table_has_panels_with_its_columns_and_colours_by_the_target(tmp_path):
    rng = np.random.default_rng(0)
    load = rng.random(120)
    lines = [f"{20 + 60 * a:.2f},{1 + 4 * a:.3f},{'high' if a > 0.5 else 'low'}" for a in load]
    (tmp_path / "t.csv").write_text("\n".join(["heat,pressure,load", *lines]) + "\n")
    run = train(tmp_path / "t.csv", target="load", task="reconstruction", network={"hidden": [1]},
                out=tmp_path / "run", **QUICK)  # fmt: skip
    plot("reconstructions", run, out=tmp_path / "r.svg")
    assert {"heat", "pressure", "input", "reconstruction"} <= set(texts(tmp_path / "r.svg"))
    said = plot("latent", run, out=tmp_path / "l.svg")
    assert said["axes"] == ["code 1", "reconstruction error"]
    assert {"high", "low", "reconstruction error"} <= set(texts(tmp_path / "l.svg"))
    said = plot("interpolation", run, arguments={"pairs": 1}, out=tmp_path / "i.svg")
    names = texts(tmp_path / "i.svg")
    assert {"heat", "pressure"} <= set(names) and sum(name.endswith(": 0.5") for name in names) == 1
    assert len(said["columns"]["heat"]) == 7 and min(said["columns"]["heat"]) > 15


def test_pictures_in_colour_of_a_folder(tmp_path):
    for k in range(30):
        picture = np.full((4, 5, 3), 20, np.uint8)
        picture[:, k % 5, k % 3] = 230
        (tmp_path / "pictures").mkdir(exist_ok=True)
        Image.fromarray(picture).save(tmp_path / "pictures" / f"{k}.png")
    run = train(tmp_path / "pictures", task="reconstruction", out=tmp_path / "run", **QUICK)
    for what in ("reconstructions", "interpolation", "latent", "filters"):
        plot(what, run, out=tmp_path / f"{what}.png")


@pytest.mark.parametrize(
    ("what", "name", "arguments", "said"),
    [
        (
            "latent-plane",
            "bernoulli",
            {},
            "a plane is of a code of two numbers; that of .* has 3: train with --h",
        ),
        ("latent-plane", "vae", {"steps": 1}, "steps must be"),
        ("interpolation", "vae", {"first": 3}, "one pair is first=EXAMPLE second=EXAMPLE"),
        ("interpolation", "vae", {"first": 3, "second": 10**6}, "second must be"),
        ("interpolation", "vae", {"pair": 3}, "pairs"),
        ("reconstructions", "vae", {"examples": 0}, "examples must be"),
        ("samples", "vae", {"steps": 3}, "steps"),
        ("samples", "conv", {}, "is no Boltzmann machine and no vae"),
    ],
)
def test_misuse_is_refused(what, name, arguments, said, runs, tmp_path):
    with pytest.raises(UsageError, match=said):
        plot(what, runs[name], arguments=arguments, out=tmp_path / "x.svg")


def test_networks_without_a_code_are_refused(tmp_path):
    run = train("digits", hidden=(8,), baselines=False, out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="has no code: its network is mlp"):
        plot("latent", run, out=tmp_path / "x.svg")
    with pytest.raises(UsageError, match="reconstructs no inputs"):
        plot("reconstructions", run, out=tmp_path / "x.svg")


def test_a_share_of_the_variance_below_0_is_said_as_it_is(tmp_path):
    """In the drawing and in the report, of a network that has hardly learned."""
    run = train(
        "digits", model="autoencoder", network={"hidden": [1]}, lr=1e-6, out=tmp_path / "run", **QUICK
    )
    share = run.metrics["variance_explained"]
    assert share < -0.01
    plot("reconstructions", run, out=tmp_path / "r.svg")
    said = " ".join(texts(tmp_path / "r.svg"))
    assert f"{100 * share:.0f}".replace("-", "−") + "\u202f% of the variance" in said
    assert "which is more than the mean input's" in said
    page = (tmp_path / "run" / "report.html").read_text()
    assert f"−{-100 * share:.1f}\u202f% of the test examples" in page
    assert "the mean input would be nearer" in page
