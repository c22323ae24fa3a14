"""metrics.jsonl: a line an epoch, cut back to what the checkpoint counts, readable after a crash."""

import json

import pytest

from gradatim.checks import GradatimError
from gradatim.files import CannotWrite
from gradatim.runs.epoch_records import Metrics, kept_epoch, read_metrics
from gradatim.training.record import Record

RECORDS = [Record(n, 7 * n, 1 / (3 * n), 0.1, 0.5, {"loss": 2**-n}).as_dict() for n in (1, 2, 3)]


def written(path, records=RECORDS):
    metrics = Metrics(path)
    lengths = []
    for record in records:
        metrics.add(record)
        lengths.append(metrics.secure())
    metrics.close()
    return lengths


def test_records_come_back_exactly_and_the_first_line_carries_the_format(tmp_path):
    path = tmp_path / "metrics.jsonl"
    lengths = written(path)
    lines = path.read_text().splitlines()
    assert [json.loads(line).get("format") for line in lines] == [2, None, None]
    assert read_metrics(path) == RECORDS
    assert lengths[-1] == path.stat().st_size


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_the_file_is_cut_back_to_the_checkpoints_length(tmp_path, kept):
    path = tmp_path / "metrics.jsonl"
    lengths = [0, *written(path)]
    with path.open("a") as file:
        file.write('{"epoch": 4, "st')  # a crash in mid-line
    metrics = Metrics(path, lengths[kept])
    for record in RECORDS[kept:]:
        metrics.add(record)
    metrics.close()
    fresh = tmp_path / "fresh.jsonl"
    written(fresh)
    assert path.read_bytes() == fresh.read_bytes()


def test_a_file_that_lost_records_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "metrics.jsonl"
    lengths = written(path)
    content = path.read_bytes()[:-3]
    path.write_bytes(content)
    with pytest.raises(GradatimError, match=rf"shorter .* \({len(content)} bytes of {lengths[-1]}\)"):
        Metrics(path, lengths[-1])
    assert path.read_bytes() == content
    with pytest.raises(GradatimError, match=r"\(0 bytes of 9\)"):
        Metrics(tmp_path / "none.jsonl", 9)
    assert not (tmp_path / "none.jsonl").exists()


def test_half_a_last_line_is_passed_over(tmp_path):
    path = tmp_path / "metrics.jsonl"
    written(path)
    whole = path.read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        assert read_metrics(path) == RECORDS[: sum(end <= length for end in ends)]


def test_a_run_without_records_has_none(tmp_path):
    assert read_metrics(tmp_path / "metrics.jsonl") == []


@pytest.mark.parametrize("damage", ["{", "", "[1]", "7", "null", "[" * 100_000, '{"epoch": 2'])
def test_a_damaged_line_is_named_by_its_number(tmp_path, damage):
    path = tmp_path / "metrics.jsonl"
    written(path)
    lines = path.read_text().split("\n")
    lines[1] = damage
    path.write_text("\n".join(lines))
    with pytest.raises(GradatimError, match=f"{path}, line 2, is damaged"):
        read_metrics(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"epoch": 1}\n', "not a record of a run of Gradatim"),
        (b'{"format": 3, "epoch": 1}\n', "has format 3"),
        (b"\xff\xfe\n", "cannot read"),
    ],
)
def test_a_foreign_or_newer_file_is_refused(tmp_path, content, said):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(content)
    with pytest.raises(GradatimError, match=said):
        read_metrics(path)


def test_a_file_that_cannot_be_opened_is_one_sentence(tmp_path):
    for use in (Metrics, read_metrics):
        with pytest.raises(GradatimError, match=f"^{tmp_path} is not a file$"):
            use(tmp_path)
    with pytest.raises(
        CannotWrite, match=r"^cannot write .*nowhere/metrics.jsonl: No such file or directory$"
    ):
        Metrics(tmp_path / "nowhere" / "metrics.jsonl")


def test_another_name_of_the_file_keeps_all_of_it(tmp_path):
    path, other = tmp_path / "metrics.jsonl", tmp_path / "backup"
    lengths = written(path)
    other.hardlink_to(path)
    whole = path.read_bytes()
    metrics = Metrics(path, lengths[1])
    metrics.add(RECORDS[2])
    metrics.close()
    assert other.read_bytes() == whole and read_metrics(path) == RECORDS


@pytest.mark.parametrize("damage", ["{", "[1]", '{"format": 3}'])
def test_records_are_read_before_any_of_them_is_cut(tmp_path, damage):
    path = tmp_path / "metrics.jsonl"
    lengths = written(path)
    lines = path.read_bytes().split(b"\n")
    at = 0 if "format" in damage else 1
    lines[at] = damage.encode() + b" " * (len(lines[at]) - len(damage))
    path.write_bytes(b"\n".join(lines))
    before = path.read_bytes()
    with pytest.raises(GradatimError, match=r"line 2, is damaged|has format 3"):
        Metrics(path, lengths[1])
    assert path.read_bytes() == before


def test_a_length_within_a_line_is_another_file_s(tmp_path):
    path = tmp_path / "metrics.jsonl"
    lengths = written(path)
    with pytest.raises(GradatimError, match="is not the file that its checkpoint remembers"):
        Metrics(path, lengths[1] - 1)


def test_what_a_crash_leaves_behind_the_records_is_no_damage(tmp_path):
    path = tmp_path / "metrics.jsonl"
    lengths = written(path)
    for rest in (b"\0" * 4096, b"\xff\xfe", b'{"epoch": 4'):
        path.write_bytes(path.read_bytes()[: lengths[-1]] + rest)
        assert read_metrics(path) == RECORDS
        Metrics(path, lengths[-1]).close()
        assert path.stat().st_size == lengths[-1]


@pytest.mark.parametrize(
    ("network", "keep", "epoch"), [("mlp", "best", 3), ("mlp", "last", None), ("ensemble", "best", None)]
)
def test_the_epoch_whose_weights_are_kept_is_one_where_there_is_one_network(network, keep, epoch):
    config = {"network": {"entry": {"name": network}}, "settings": {"keep": keep}}
    assert kept_epoch(config, RECORDS) == epoch
