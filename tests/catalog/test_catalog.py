"""The catalogue: every row loads, every public algorithm has a row, and looking costs no import."""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys

import pytest

from gradatim import catalog, functional, models, nn, optim
from gradatim.checks import UsageError
from gradatim.models.description import KINDS as BUILDABLE
from gradatim.models.network import Network
from gradatim.training.loop import Loop

ROWS = catalog.entries()
# Public, but not algorithms: helpers, wrappers and base classes
HELPERS = {
    "gradatim.functional.ensemble_mean:check_members",
    "gradatim.functional.ensemble_mean:columns_of",
    "gradatim.functional.ensemble_mean:mean_of_outputs",
    "gradatim.functional.ensemble_mean:mean_of_sigmoid",
    "gradatim.functional.ensemble_mean:mean_of_softmax",
    "gradatim.functional.initialisers:fans",
    "gradatim.functional.line_search:Trial",
    "gradatim.functional.line_search:strong_wolfe",
    "gradatim.functional.losses:weight_beside",
    "gradatim.functional.losses:weighted_mean",
    "gradatim.functional.task_penalties:project_l1",
    "gradatim.functional.class_scores:ClassScores",
    "gradatim.functional.class_scores:is_single",
    "gradatim.functional.by_name:loss_function",
    "gradatim.functional.updates:lbfgs_step",
    "gradatim.functional.updates:newton_schulz_steps",
    "gradatim.functional.updates:two_loops",
    "gradatim.nn.activation:Activation",
    "gradatim.nn.initialise:draw",
    "gradatim.nn.initialise:draw_inside",
    "gradatim.nn.initialise:initialise",
    "gradatim.nn.placed:Placed",
    "gradatim.nn.recurrent:Recurrent",
    "gradatim.optim.update:Update",
}
HELPER_MODULES = {
    f"gradatim.models.{name}"
    for name in (
        "accounting", "attending", "attention_decoder", "attention_penalty", "attention_pooling",
        "building", "by_name", "captioner", "cells", "clip_views", "code_penalties", "coded", "conv_stages",
        "costs", "crosses", "dense_stack", "description", "evidence_bound", "frame_network",
        "fully_convolutional", "gates",
        "gaussian_code", "graph", "graph_by_hand", "graph_record", "heads", "jitter", "layer_table",
        "listeners", "live_bytes", "memory", "module_costs",
        "network", "picture_maps", "pretrained", "receptive_field", "recording", "residual",
        "scheduled_sampling", "sequence_encoder", "shapes_of_use", "spec_augment", "step_pooling",
        "task_columns", "task_network",
        "strided_convolutions", "tied_symbols", "transformer_decoder_block", "vae_draws",
        "vector_captioner", "weights", "word_vectors", "wrapped_names",
    )
}  # fmt: skip
HELPER_MODULES |= {
    f"gradatim.{name}"
    for name in (
        "functional.adaptive_windows", "functional.attention_checks", "functional.attention_scores",
        "functional.axes", "functional.borders", "functional.boundary_weights", "functional.box_overlap",
        "functional.covariances", "functional.ctc", "functional.embeddings", "functional.heat_maps",
        "functional.kernels", "functional.mask_scores",
        "functional.norms", "functional.normalised", "functional.transposed_windows", "functional.void",
        "functional.windows",
        "nn.boltzmann_units", "nn.gain", "nn.padding", "nn.positions", "nn.row_numbers", "nn.tanh_scores",
        "nn.unit_grid", "nn.vectors",
    )
}  # fmt: skip
HELPER_MODULES |= {
    f"gradatim.optim.{name}"
    for name in (
        "fused_adam",
        "fused_group",
        "groups",
        "light_optimizer",
        "memory",
        "numpy_updates",
        "saved_state",
        "vector",
    )
}
# An update's home is the optimizer that wraps it
WRAPPED = "gradatim.functional.updates"


def public(room) -> set[str]:
    """Every public function and class defined in a room, "module:name"."""
    found = set()
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        content = vars(importlib.import_module(module.name))
        found |= {
            f"{module.name}:{name}"
            for name, value in content.items()
            if (inspect.isfunction(value) or inspect.isclass(value))
            and value.__module__ == module.name
            and not name.startswith("_")
        }
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.name}")
def test_a_row_loads_and_is_complete(row):
    home = row.load()
    assert callable(home)
    assert home.__doc__
    assert home.__module__ == row.home.split(":")[0]
    assert row.kind in catalog.KINDS
    assert row.rows  # of the curriculum
    assert row.sentence.endswith(".")
    assert row.name == row.name.lower()
    assert bool(row.paper) == bool(row.year)


def test_the_loop_of_a_network_is_a_loop():
    loops = {row.name: row.loop for row in ROWS if row.loop}
    assert loops == {
        "skip_gram": "gradatim.unsupervised.skip_gram:SkipGramTraining",
        **dict.fromkeys(
            ("shared_trunk", "cross_stitch", "soft_sharing"), "gradatim.multitask.training:MultiTaskTraining"
        ),
        "ensemble": "gradatim.ensembles.training:EnsembleTraining",
        "forecaster": "gradatim.training.forecasting:ForecastTraining",
        "autoencoder": "gradatim.unsupervised.autoencoders:AutoencoderTraining",
        "conv_autoencoder": "gradatim.unsupervised.autoencoders:AutoencoderTraining",
        "vae": "gradatim.unsupervised.vae:VAETraining",
        "conv_vae": "gradatim.unsupervised.vae:VAETraining",
        "rbm": "gradatim.unsupervised.rbm:ContrastiveDivergence",
        "som": "gradatim.unsupervised.som:SOMTraining",
        "gaussian_rbm": "gradatim.unsupervised.gaussian:GaussianContrastiveDivergence",
        "dbn": "gradatim.unsupervised.deep_belief:DeepBelief",
    }
    for home in loops.values():
        module, _, attribute = home.partition(":")
        assert issubclass(getattr(importlib.import_module(module), attribute), Loop)


def is_part_of_a_family(home: str) -> bool:
    """In the file of a picture network, everything but the network itself is a part of it."""
    module, _, attribute = home.partition(":")
    content = vars(importlib.import_module(module))
    networks = {
        name
        for name, value in content.items()
        if inspect.isclass(value) and issubclass(value, Network) and value is not Network
    }
    return bool(networks) and attribute not in networks


@pytest.mark.parametrize("room", [functional, nn, optim, models], ids=lambda room: room.__name__)
def test_every_public_algorithm_has_a_row(room):
    homes = {row.home for row in ROWS}
    algorithms = {
        home
        for home in public(room) - HELPERS
        if home.split(":")[0] not in HELPER_MODULES
        and not home.startswith(WRAPPED)
        and not is_part_of_a_family(home)
    }
    assert algorithms <= homes, f"without a row: {sorted(algorithms - homes)}"


def test_every_update_is_wrapped_as_an_optimizer():
    updates = {name.split(":")[1] for name in public(functional) if name.startswith(WRAPPED)}
    updates -= {name.split(":")[1] for name in HELPERS}
    texts = {row.name: row.load().text.__name__ for row in catalog.entries("optimizer")}
    assert set(texts.values()) == updates
    assert texts == {name: name for name in texts}


def test_names_are_unique():
    pairs = [(row.kind, row.name) for row in ROWS]
    assert len(set(pairs)) == len(pairs)
    # Layers, activations and networks share one namespace: a description names them without their kind
    buildable = [row.name for row in ROWS if row.kind in BUILDABLE]
    assert len(set(buildable)) == len(buildable)


def test_looking_imports_neither_torch_nor_numpy():
    script = (
        "import sys, json\n"
        "from gradatim import catalog\n"
        "catalog.entries(); catalog.find('adam', 'optimizer'); catalog.lookup('relu')\n"
        "heavy = ('torch', 'numpy', 'sklearn', 'pooch', 'requests')\n"
        "print(json.dumps([name for name in heavy if name in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_rows_are_found_by_kind_and_by_name():
    assert catalog.find("adam", "optimizer").load().__name__ == "Adam"
    assert [row.kind for row in catalog.lookup("prelu")] == ["layer"]
    assert catalog.names("optimizer") == [row.name for row in ROWS if row.kind == "optimizer"]


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (
            lambda: catalog.find("adma", "optimizer"),
            "unknown optimizer 'adma': did you mean adamax or adam or radam?",
        ),
        (
            lambda: catalog.find("relu", "schedule"),
            "unknown schedule 'relu': relu is an activation; choose from constant, cosine, exponential, "
            "inverse_time, one_cycle, plateau, step",
        ),
        (
            lambda: catalog.find("adam", "optimiser"),
            "unknown kind 'optimiser': did you mean optimizer?",
        ),
        (lambda: catalog.lookup("digtis"), "unknown name 'digtis': did you mean digits?"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(ask, sentence):
    with pytest.raises(UsageError) as raised:
        ask()
    assert str(raised.value) == sentence
