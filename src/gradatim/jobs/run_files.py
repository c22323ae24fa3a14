"""What stands in a run's folder when: at its beginning, while it goes on, at its end, on a full disk."""

from typing import Any

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.planning.plan import Plan
from gradatim.runs.baselines import read_baselines
from gradatim.runs.checkpoints import Checkpoints
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import read_digest
from gradatim.runs.weights import settle
from gradatim.training.loop import Loop


def begin_run(
    folder: Folder, config: dict[str, Any], plan: Plan, checkpoints: Checkpoints, loop: Loop
) -> None:
    """Write what makes a folder a run, config.json last.

    The first checkpoint holds the weights that it begins with, which may come from a file that is gone later,
    or from a caller: whatever stops the run from here on, it is resumed from them.
    """
    checkpoints.save(loop)
    files.write_json(folder.model_json, plan.trained.as_dict())
    files.write_json(folder.config, config)
    with files.refusals(folder.beginning):
        folder.beginning.unlink(missing_ok=True)


def check_files(folder: Folder, plan: Plan) -> None:
    """Read what is not read for training itself, so that a run is refused before anything in it is written.

    The model's own files may be damaged: they are made again. Raises GradatimError for a newer one, and where
    the weights that the run began with are lost.
    """
    for path, read in (
        (folder.model_json, files.read_json), (folder.model, read_digest), (folder.staged, read_digest),
    ):  # fmt: skip
        try:
            read(path, "model")
        except files.NewerFormat:
            raise
        except GradatimError:
            pass
    read_baselines(folder)
    origin = plan.choices.get("weights") or plan.trained.own_class
    if origin and not folder.checkpoint.exists():
        raise GradatimError(
            f"{folder} has no checkpoint, and the weights that it began with ({origin}) cannot be had again: "
            "start a new run"
        )


def continue_run(folder: Folder, config: dict[str, Any], plan: Plan) -> None:
    """Write that a run goes on. The network that it has stays until the new one takes its place."""
    settle(folder)
    files.write_json(folder.config, config)
    if not folder.model_json.exists():
        files.write_json(folder.model_json, plan.trained.as_dict())
    with files.refusals(folder.beginning):
        folder.beginning.unlink(missing_ok=True)


def end_run(folder: Folder, config: dict[str, Any]) -> dict[str, Any]:
    """Write that the network is the one that the run was to have; the new content of config.json."""
    config = config | {"ended": True}
    files.write_json(folder.config, config)
    return config


def copy_run(source: Folder, target: Folder) -> Folder:
    """A copy of a run's folder, its config last, so that half a copy is not taken for a run."""
    with files.lock(source.path), files.lock(target.path):
        settle(source)
        target.clear()
        if source.tensorboard.is_dir():
            with files.refusals(target.tensorboard):
                target.tensorboard.mkdir()  # which says that it is wanted; the records fill it
        for name in (
            "metrics",
            "checkpoint",
            "model",
            "model_json",
            "baselines",
            "kept",
            "evidence",
            "config",
        ):
            path = getattr(source, name)
            if path.exists():
                try:
                    content = path.read_bytes()
                except OSError as error:
                    raise GradatimError(f"cannot read {path}: {error.strerror}") from error
                files.write(getattr(target, name), content)
    return target
