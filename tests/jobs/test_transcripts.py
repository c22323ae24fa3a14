"""From a folder of recordings with transcripts to a run, its report, and what is said in another file."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

import gradatim


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calls").mkdir()
    lines = []
    for number in range(12):
        words = ("up", "down") if number % 2 else ("down",)
        t = np.arange(1600) / 8000
        tone = [0.3 * np.sin(2 * np.pi * (800 + (2000 if word == "up" else -2000) * t) * t) for word in words]
        soundfile.write(tmp_path / "calls" / f"{number}.wav", np.concatenate(tone), 8000)
        lines.append(f"{number}.wav\t{' '.join(words)}")
    (tmp_path / "calls" / "said.tsv").write_text("\n".join(lines))
    return tmp_path / "calls"


@pytest.mark.parametrize("model", ["ctc", "listen_attend_spell"])
def test_a_run_its_measures_its_report_and_a_prediction(folder, tmp_path, model):
    run = gradatim.train(
        folder, model=model, network={"hidden_size": 4}, epochs=1, quiet=True, out=tmp_path / "run"
    )
    assert run.config["network"]["entry"]["in_features"] == 20
    assert {"word_error", "character_error", "exact", "perplexity"} <= run.metrics.keys()
    assert (tmp_path / "run" / "report.html").exists()
    again = gradatim.load(tmp_path / "run")
    assert again.metrics == run.metrics
    assert len(again.predict(folder / "3.wav")) == 1


def test_transcribed_recordings_in_memory_need_no_files(folder, tmp_path):
    read = gradatim.data.load_data(folder)
    bare = replace(read, files=())
    run = gradatim.train(bare, network={"hidden_size": 4}, epochs=1, quiet=True, out=tmp_path / "run")
    assert "the first: down" in (tmp_path / "run" / "report.html").read_text()
    assert run.metrics["word_error"] > 0
