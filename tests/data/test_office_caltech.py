"""Office–Caltech: made-up files of its form, and the real ones where they are."""

import os
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from gradatim.checks import UsageError
from gradatim.data.loading import load_data

home = import_module("gradatim.data.office_caltech")

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere") / "office_caltech10_surf"
needs_it = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="GRADATIM_DATA names no folder with office_caltech10_surf/ in it"
)
SIZES = {"amazon": 958, "caltech": 1123, "dslr": 157, "webcam": 295}


def test_counts_and_classes_are_read_from_the_file(tmp_path, monkeypatch):
    counts = np.random.default_rng(0).integers(0, 20, (10, 800)).astype(np.uint8)
    path = tmp_path / "office_caltech10_surf" / "dslr_SURF_L10.mat"
    path.parent.mkdir()
    savemat(path, {"fts": counts, "labels": np.arange(1, 11)[:, None]})
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    monkeypatch.setitem(home.FILES, "dslr", sha256(path.read_bytes()).hexdigest())
    data = load_data("office-caltech10:domain=dslr")
    assert np.array_equal(data.x, counts) and data.y.tolist() == list(range(10))
    assert data.classes[0] == "backpack" and data.source == {"name": "office-caltech10:domain=dslr"}


@needs_it
@pytest.mark.parametrize("domain", SIZES)
def test_the_published_domains(domain):
    data = load_data(f"office-caltech10:domain={domain}")
    assert data.x.shape == (SIZES[domain], 800) and len(data.classes) == 10
    assert np.bincount(data.y).min() >= 8 and data.x.min() == 0


def test_another_domain_is_answered_with_those_there_are():
    with pytest.raises(UsageError, match="domain must be amazon or caltech or dslr"):
        load_data("office-caltech10:domain=flickr")
    with pytest.raises(UsageError, match="place"):
        load_data("office-caltech10:place=dslr")
