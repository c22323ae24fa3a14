"""E14: views of clips, LRCN and the small C3D, against their equations computed frame by frame."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.clip_views import ClipViews
from gradatim.nn.lstm import LSTM

NUMBERS = torch.Generator().manual_seed(0)
X = torch.randn(5, 2, 11, 9, 12, dtype=torch.float64, generator=NUMBERS)
STILL = {"shift": 0.0, "zoom": 0.0, "mirror": False, "motion": False}


def network(name, **arguments):
    return build(
        {"name": name, "num_classes": 3, "in_channels": 2, "window": 4, **arguments}, 1, torch.double
    )


@pytest.mark.parametrize(
    ("frames", "window", "starts"),
    [(11, 4, [0, 1, 3, 5, 7]), (11, 11, [0]), (11, 16, [0]), (11, 10, [0, 1]), (8, 4, [0, 2, 4])],
)
def test_windows_of_an_evaluation_stand_at_even_distances(frames, window, starts):
    views = ClipViews(window, motion=False).eval()
    seen = views(X[:, :, :frames])
    f = min(window, frames)
    wanted = torch.stack([X[:, :, s : s + f] for s in starts], 1).flatten(0, 1)
    assert views.windows(frames) == len(starts) and torch.equal(seen, wanted)
    answers = torch.arange(5.0 * len(starts) * 2).view(-1, 2)
    assert torch.equal(views.mean(answers, frames), answers.view(5, len(starts), 2).mean(1))


def test_motion_is_what_differs_from_the_window_s_mean():
    seen = ClipViews(4).eval()(X)
    raw = ClipViews(4, motion=False).eval()(X)
    torch.testing.assert_close(seen, raw - raw.mean(2, keepdim=True), rtol=1e-12, atol=1e-12)
    assert ClipViews(4).train()(torch.full((2, 1, 6, 3, 3), 7.0)).abs().max() == 0


def test_a_training_window_is_one_of_the_clip_and_every_start_comes():
    views = ClipViews(4, **STILL).train()
    starts = []
    for step in range(40):
        views.place(0, "views", step)
        for clip, seen in zip(X, views(X), strict=True):
            starts += [s for s in range(8) if torch.equal(seen, clip[:, s : s + 4])]
    assert len(starts) == 5 * 40 and set(starts) == set(range(8))


def test_a_mirror_turns_about_half_of_the_clips():
    views = ClipViews(11, **{**STILL, "mirror": True}).train()
    turned = 0
    for step in range(40):
        views.place(0, "views", step)
        for clip, seen in zip(X, views(X), strict=True):
            assert torch.equal(seen, clip) or torch.equal(seen, clip.flip(3))
            turned += torch.equal(seen, clip.flip(3))
    assert 70 < turned < 130


def test_a_shift_moves_all_frames_alike_and_repeats_the_edge():
    views = ClipViews(11, **{**STILL, "shift": 0.25}).train()
    moves = set()
    for step in range(30):
        views.place(0, "views", step)
        for clip, seen in zip(X, views(X), strict=True):
            found = [
                (dy, dx)
                for dy in range(-2, 3)
                for dx in range(-3, 4)
                if torch.equal(
                    seen,
                    clip[:, :, np.clip(np.arange(9) - dy, 0, 8)][..., np.clip(np.arange(12) - dx, 0, 11)],
                )
            ]
            assert len(found) == 1
            moves.add(found[0])
    assert {dy for dy, _ in moves} == set(range(-2, 3)) and {dx for _, dx in moves} == set(range(-3, 4))


def test_zoom_keeps_the_middle():
    line = torch.arange(9.0).expand(1, 1, 3, 9, 9)
    views = ClipViews(3, **{**STILL, "zoom": 0.5}).train()
    spans = set()
    for step in range(40):
        views.place(0, "views", step)
        row = views(line)[0, 0, 0, 4]
        assert row[4] == 4 and (row.diff() >= 0).all() and torch.equal(row.flip(0), 8 - row)
        spans.add(float(row[8] - row[0]))
    assert (
        min(spans) <= 6 and max(spans) == 8
    )  # larger: fewer places are seen; smaller: the edge stands still


def test_draws_are_those_of_their_place():
    views = ClipViews(4).train()
    views.place(3, "views", 7)
    first = views(X)
    views.place(3, "views", 8)
    other = views(X)
    views.place(3, "views", 7)
    assert torch.equal(views(X), first) and not torch.equal(other, first)


def convolved(layers, x, function):
    """Convolutions with batch norm in evaluation and ReLU, three layers of a list each, by torch."""
    for conv, norm in zip(layers[0::3], layers[1::3], strict=False):
        if not hasattr(norm, "running_mean"):
            break
        x = function(x, conv.weight, stride=conv.stride, padding=1)
        x = F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias).relu()
    return x


@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_lrcn_is_its_equations(pooling):
    """To 1e-10: every window alone, every frame alone, and torch's LSTM over them."""
    net = network("lrcn", hidden_size=5, pooling=pooling, width=0.2).eval()
    lstm = torch.nn.LSTM(5, 5, batch_first=True).double()
    weights = dict(net.recurrent.state_dict())
    bias = weights.pop("bias_l0")
    lstm.load_state_dict({**weights, "bias_ih_l0": bias, "bias_hh_l0": torch.zeros_like(bias)})
    answers = []
    for clip in X:
        of_windows = []
        for start in (0, 1, 3, 5, 7):
            window = clip[:, start : start + 4]
            window = window - window.mean(1, keepdim=True)
            vectors = []
            for t in range(4):
                maps = convolved(list(net.frame), window[None, :, t], F.conv2d)
                vectors.append(net.vector(F.adaptive_max_pool2d(maps, 4).flatten(1)).relu())
            h = lstm(torch.stack(vectors, 1))[0]
            of_windows.append(net.fc(h.mean(1) if pooling == "mean" else h[:, -1]))
        answers.append(torch.stack(of_windows).mean(0))
    torch.testing.assert_close(net(X), torch.cat(answers), rtol=1e-10, atol=1e-10)


def test_a_network_a_frame_is_its_equations_and_knows_no_order():
    """To 1e-10: the mean over windows and their frames of the scores of every frame alone."""
    net = network("frame_cnn", units=5, width=0.2).eval()
    answers = []
    for clip in X:
        scores = []
        for t in [start + t for start in (0, 1, 3, 5, 7) for t in range(4)]:
            maps = convolved(list(net.frame), clip[None, :, t], F.conv2d)
            scores.append(net.fc(net.vector(F.adaptive_max_pool2d(maps, 4).flatten(1)).relu()))
        answers.append(torch.stack(scores).mean(0))
    torch.testing.assert_close(net(X), torch.cat(answers), rtol=1e-10, atol=1e-10)
    whole = network("frame_cnn", units=5, width=0.2, window=11).eval()
    order = torch.from_numpy(np.random.default_rng(0).permutation(11))
    torch.testing.assert_close(whole(X[:, :, order]), whole(X), rtol=1e-10, atol=1e-10)
    assert whole(X[:, :, :1]).shape == (5, 3)


def test_small_c3d_is_its_equations():
    net = network("small_c3d", width=0.2).eval()
    windows = [X[:, :, s : s + 4] - X[:, :, s : s + 4].mean(2, keepdim=True) for s in (0, 1, 3, 5, 7)]
    answers = []
    for window in windows:
        maps = convolved(list(net.features), window, F.conv3d)
        answers.append(net.fc(F.adaptive_max_pool3d(maps, (1, 4, 4)).flatten(1)))
    torch.testing.assert_close(net(X), torch.stack(answers).mean(0), rtol=1e-10, atol=1e-10)
    strides = [layer.stride for layer in net.features if hasattr(layer, "stride")]
    assert strides[:4] == [(1, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2)]


@pytest.mark.parametrize("name", ["lrcn", "small_c3d", "frame_cnn"])
@pytest.mark.parametrize("shape", [(2, 1, 1), (2, 3, 5), (20, 8, 30)])
def test_any_size_is_taken(name, shape):
    x = torch.randn(2, 2, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    net = network(name, width=0.1)
    assert net.eval()(x).shape == (2, 3) and net.train()(x).isfinite().all()


@pytest.mark.parametrize("name", ["lrcn", "small_c3d", "frame_cnn"])
def test_still_clips_of_any_pictures_are_answered_alike(name):
    """What stands still is taken away, so that a background says nothing."""
    still = X[:, :, :1].expand(-1, -1, 11, -1, -1)
    answers = network(name, motion=True).eval()(still)
    torch.testing.assert_close(answers, answers[:1].expand(5, -1), rtol=1e-9, atol=1e-9)
    assert network(name, motion=False).eval()(still).std(0).min() > 1e-3


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"name": "lrcn", "pooling": "first"}, "pooling must be mean or last"),
        ({"name": "lrcn", "cell": "lst"}, "unknown cell 'lst': did you mean lstm"),
        ({"name": "small_c3d", "window": 1}, "window must be a whole number of at least 2"),
        ({"name": "lrcn", "window": 0, "motion": False}, "window must be a whole number of at least 1"),
        ({"name": "small_c3d", "shift": 1.0}, "shift must be a number at least 0 and below 1"),
        ({"name": "lrcn", "zoom": -0.1}, "zoom must be a number at least 0 and below 1"),
        ({"name": "lrcn", "mirror": "no"}, "mirror must be true or false"),
    ],
)
def test_an_argument_that_cannot_be_is_refused(entry, sentence):
    with pytest.raises(UsageError, match=sentence):
        build({"num_classes": 3, "in_channels": 2, **entry})


def test_pictures_are_refused():
    with pytest.raises(UsageError, match=r"lrcn takes clips \(N, C, T, H, W\); this has the shape"):
        network("lrcn")(X[:, :, 0])


@pytest.mark.parametrize("name", ["lrcn", "small_c3d"])
def test_a_clip_of_one_frame_is_refused(name):
    with pytest.raises(UsageError, match=f"{name} needs clips of at least 2×1×1; these are 1×9×12"):
        network(name)(X[:, :, :1])
    with pytest.raises(UsageError, match="in one frame nothing moves"):
        ClipViews()(X[:, :, :1])


def test_an_lstm_computes_shapes_without_numbers():
    """On meta, where torch has no autocast: costs of networks with recurrent layers are counted so."""
    with torch.device("meta"):
        layer = LSTM(3, 5, batch_first=True)
        outputs, (h, c) = layer(torch.empty(2, 7, 3))
    assert outputs.shape == (2, 7, 5) and h.shape == c.shape == (1, 2, 5) and outputs.is_meta
    assert layer.path == "torch" and "on meta" in layer.why
