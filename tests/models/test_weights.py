"""Weights from files: both formats, what does not fit by name, heads, and the published ones by download."""

import pickle
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import torch
from safetensors.torch import save_file

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.models import pretrained as published
from gradatim.models.building import build
from gradatim.models.pretrained import FILES, published_weights
from gradatim.models.weights import read_weights, set_weights

SMALL = {"name": "resnet18", "width": 0.05, "num_classes": 7}


def written(path, network, **more):
    state = {**network.state_dict(), **more}
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    return path


def same(a, b, but=()):
    return {name for name, t in a.state_dict().items() if not torch.equal(t, b.state_dict()[name])} == set(
        but
    )


@pytest.mark.parametrize("name", ["w.pth", "w.pt", "w.safetensors"])
def test_a_file_s_weights_are_taken_whole(name, tmp_path):
    net, other = build(SMALL, seed=1), build(SMALL, seed=2)
    assert set_weights(other, read_weights(written(tmp_path / name, net)), "the file") == ""
    assert same(net, other)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda w: w.to_sparse(), "fc.weight is a sparse, quantized or meta tensor; save plain ones"),
        (lambda w: torch.quantize_per_tensor(w, 0.1, 0, torch.qint8), "fc.weight is a sparse, quantized"),
        (lambda w: w.to("meta"), "fc.weight is a sparse, quantized or meta tensor"),
        (lambda w: torch.where(w == w.max(), torch.nan, w), "fc.weight holds numbers that are not finite"),
        (lambda w: torch.where(w == w.max(), torch.inf, w), "fc.weight holds numbers that are not finite"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # torch's own, of what it is about to drop
def test_a_tensor_that_holds_no_plain_finite_numbers_is_named(change, sentence, tmp_path):
    net = build(SMALL, seed=1)
    path = written(tmp_path / "w.pth", net, **{"fc.weight": change(net.fc.weight.detach())})
    with pytest.raises(GradatimError, match=sentence) as error:
        read_weights(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_file_that_unpacks_to_more_than_half_the_memory_is_refused(tmp_path, monkeypatch):
    from gradatim.data import unpacking

    packed = tmp_path / "w.pth"
    plain = written(tmp_path / "plain.pth", build(SMALL))
    with ZipFile(plain) as members, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in members.namelist():
            archive.writestr(name, members.read(name))
        archive.writestr("more", bytes(10_000_000))
    monkeypatch.setattr(unpacking.os, "sysconf", lambda what: 9_000_000 if what == "SC_PHYS_PAGES" else 1)
    with pytest.raises(GradatimError, match=r"w\.pth, unpacked, has 0.0 GB, which is more than half"):
        read_weights(packed)


def test_a_head_for_other_classes_stays_as_drawn(tmp_path):
    net, other = build(SMALL, seed=1), build({**SMALL, "num_classes": 3}, seed=2)
    drawn = other.fc.weight.clone()
    said = set_weights(other, read_weights(written(tmp_path / "w.pth", net)), "the file")
    assert said == (
        "fc.weight, fc.bias stay as drawn: the file's are for other classes "
        "(fc.bias has the shape (7,) there, (3,) here)"
    )
    assert torch.equal(other.fc.weight, drawn)
    assert torch.equal(other.conv1.weight, net.conv1.weight)


def test_every_head_of_a_network_is_replaced():
    from gradatim import catalog
    from gradatim.models.network import Network

    for row in {row.home: row for row in catalog.entries("network")}.values():
        home = row.load()
        if not (isinstance(home, type) and issubclass(home, Network)):
            continue
        with torch.device("meta"):
            a, b = (home(row.name, num_classes=k) for k in (10, 3))
        shapes = {name: t.shape for name, t in b.state_dict().items()}
        differ = {name for name, t in a.state_dict().items() if t.shape != shapes[name]}
        assert differ and all(name.startswith(tuple(f"{h}." for h in a.heads)) for name in differ), row.name


def test_files_of_older_and_other_makers_are_read(tmp_path):
    """DenseNets of 2017 named norm.1; before 2018 nothing counted batches; FCN's have a head for training."""
    entry = {"name": "densenet121", "width": 0.1, "num_classes": 2}
    net, other = build(entry, seed=1), build(entry, seed=2)
    old = {}
    for name, tensor in net.state_dict().items():
        for part in ("norm", "conv"):
            for i in "12":
                name = name.replace(f".{part}{i}.", f".{part}.{i}.") if "denselayer" in name else name
        if not name.endswith("num_batches_tracked"):
            old[name] = tensor
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    torch.save({"state_dict": old, "epoch": 3}, tmp_path / "old.pth")
    set_weights(other, read_weights(tmp_path / "old.pth"), "the file")
    assert same(net, other)
    beside = {"aux_classifier.0.weight": torch.zeros(3)}
    net, other = build(SMALL, seed=1), build(SMALL, seed=2)
    set_weights(other, read_weights(written(tmp_path / "aux.pth", net, **beside)), "the file")
    assert same(net, other)


class Evil:
    def __reduce__(self):
        return (print, ("code ran",))


def test_only_tensors_are_read_and_no_code_runs(tmp_path, capsys):
    for name in ("a.pth", "a.safetensors"):
        (tmp_path / name).write_bytes(b"no such thing")
    (tmp_path / "evil.pth").write_bytes(pickle.dumps({"x": Evil()}))
    torch.save({"x": Evil()}, tmp_path / "evil2.pth")
    torch.save([torch.zeros(2)], tmp_path / "list.pth")
    for name in ("a.pth", "a.safetensors", "evil.pth", "evil2.pth"):
        with pytest.raises(GradatimError, match=r"is no \w+ file, is damaged, or holds more than tensors"):
            read_weights(tmp_path / name)
    with pytest.raises(GradatimError, match=r"list\.pth holds no state dict, tensors by name$"):
        read_weights(tmp_path / "list.pth")
    with pytest.raises(UsageError, match="there is no file of weights"):
        read_weights(tmp_path / "none.pth")
    assert "code ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"name": "resnet34", "width": 0.05}, "missing layer1.2.conv1.weight, .*, …$"),
        (
            {"name": "vgg11_tv", "width": 0.05},
            "missing features.0.weight, .*; unknown conv1.weight, bn1.weight",
        ),
        ({**SMALL, "in_channels": 1}, r"conv1.weight has shape \(3, 3, 7, 7\), expected \(3, 1, 7, 7\)$"),
        ({**SMALL, "width": 0.1}, r"conv1.weight has shape \(3, 3, 7, 7\), expected \(6, 3, 7, 7\)$"),
    ],
)
def test_weights_of_another_architecture_are_refused_by_name(entry, sentence, tmp_path):
    tensors = read_weights(written(tmp_path / "w.pth", build(SMALL)))
    net: torch.nn.Module = build(entry, seed=5)
    before = {name: t.clone() for name, t in net.state_dict().items()}
    with pytest.raises(GradatimError, match=f"^the file do not fit this network: {sentence}"):
        set_weights(net, tensors, "the file")
    assert all(torch.equal(before[name], t) for name, t in net.state_dict().items())


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_weights_of_torchvision_in_the_network_of_the_paper_are_told_of(depth, tmp_path):
    """They fit by name and shape, and the outputs are others."""
    size = {"width": 0.02, "num_classes": 5}
    theirs = build({"name": f"resnet{depth}_tv", **size}, seed=1).eval()
    tensors = read_weights(written(tmp_path / "w.pth", theirs))
    paper = build({"name": f"resnet{depth}", **size}).eval()
    assert f"weights that torchvision made are of resnet{depth}_tv" in set_weights(paper, tensors, "the file")
    x = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(paper(x), theirs(x), rtol=0.01)
    again = build({"name": f"resnet{depth}_tv", **size}).eval()
    assert set_weights(again, tensors, "the file") == ""
    assert torch.equal(again(x), theirs(x))


def test_networks_without_such_a_twin_say_nothing(tmp_path):
    for name in ("resnet18", "resnet34", "wide_resnet50_2", "plain18", "densenet121"):
        entry = {"name": name, "width": 0.02} if name != "densenet121" else {"name": name}
        net = build(entry)
        assert set_weights(net, net.state_dict(), "the file") == ""


def test_a_run_says_it_as_a_note(tmp_path):
    entry = {"name": "resnet50_tv", "width": 0.02, "num_classes": 2}
    path = written(tmp_path / "w.pth", build(entry, seed=1))
    x = torch.rand(20, 3, 40, 40, generator=torch.Generator().manual_seed(0)).numpy()
    run = gradatim.train(
        (x, [0, 1] * 10), model="resnet50", network={"width": 0.02}, weights=path, epochs=1, quiet=True,
        out=tmp_path / "run",
    )  # fmt: skip
    assert any("are of resnet50_tv" in notice for notice in run.data.notices)
    assert "are of resnet50_tv" in run.config["choices"]["weights"]


# ---- the published ones


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of made-up weights, under the name their digest gives them, and an empty cache."""
    path = written(tmp_path / "made-up.pth", build(SMALL, seed=9))
    body = path.read_bytes()
    file = f"resnet18-{sha256(body).hexdigest()[:8]}.pth"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            given = body if self.path == f"/{file}" else b"" if "missing" in self.path else b"other bytes"
            asked.append(self.path)
            self.send_response(200 if given else 404)
            self.send_header("Content-Length", str(len(given)))
            self.end_headers()
            self.wfile.write(given)

        def log_message(self, *_):
            pass

    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setattr(published, "PLACE", f"http://127.0.0.1:{made.server_port}/")
        monkeypatch.setitem(FILES, "resnet18", file)
        monkeypatch.setitem(FILES, "resnet34", "resnet34-00000000.pth")
        monkeypatch.setitem(FILES, "vgg11", "missing-00000000.pth")
        monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / "cache" / name)
        monkeypatch.delenv("GRADATIM_DATA", raising=False)
        yield asked
        made.shutdown()
        thread.join()


def test_published_weights_are_downloaded_once_checked_and_set(server):
    path = published_weights("resnet18")
    assert published_weights("resnet18") == path and len(server) == 1
    net = build({**SMALL, "num_classes": 2}, seed=3)
    assert "stay as drawn" in set_weights(net, read_weights(path), "the published weights")
    assert torch.equal(net.conv1.weight, build(SMALL, seed=9).conv1.weight)


def test_bytes_with_another_digest_are_not_kept(server, tmp_path):
    with pytest.raises(GradatimError, match=r"cannot download resnet34-0+\.pth .* another SHA-256"):
        published_weights("resnet34")
    with pytest.raises(GradatimError, match=r"cannot download missing-0+\.pth .* \(404"):
        published_weights("vgg11")
    assert [
        p.name for p in (tmp_path / "cache" / "gradatim" / "torchvision").iterdir() if p.suffix == ".pth"
    ] == []


def test_a_damaged_file_in_the_user_s_folder_is_named(server, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / FILES["resnet18"]).write_bytes(b"damaged")
    with pytest.raises(GradatimError, match="is not the published file: its SHA-256 begins with"):
        published_weights("resnet18")
    assert not server


def test_a_network_without_published_weights_is_said_so():
    with pytest.raises(
        UsageError, match="there are no published weights for resnet50: did you mean resnet50_tv"
    ):
        published_weights("resnet50")


def test_the_table_names_networks_and_digests():
    from gradatim import catalog

    assert set(FILES) <= set(catalog.names("network"))
    for file in FILES.values():
        digits = file.removesuffix(".pth").rpartition("-")[2]
        assert len(digits) == 8 and int(digits, 16) >= 0
