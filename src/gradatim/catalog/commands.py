"""Examples of everything in the catalogue: its docstring's, made to stand alone, and commands that use it."""

import ast
from doctest import DocTestParser

from gradatim.catalog.entry import Entry
from gradatim.catalog.source_code import Source

COMMANDS = {  # by kind
    "dataset": ("gradatim data {name}", "gradatim train {name}"),
    "text": ("gradatim data {name}", "gradatim train {name}"),
    "music": ("gradatim data {name}", "gradatim train {name}"),
    "sound": ("gradatim data {name}", "gradatim train {name}"),
    "activation": ("gradatim plot activations {name}", "gradatim train digits activation={name}"),
    "initialiser": ("gradatim train digits init={name}",),
    "loss": ("gradatim plot losses {name}",),
    "schedule": ("gradatim plot schedules {name}", "gradatim train digits --schedule {name}"),
    "optimizer": ("gradatim train digits --optimizer {name}",),
    "augmentation": ("gradatim train digits --augment {name}",),
    "trace": ("gradatim trace {name}",),
    "experiment": ("gradatim reproduce {name}",),
    "page": ("gradatim show {name} --out {name}.html",),
    "network": ("gradatim show {name} --batch-size 32 --svg {name}.svg",),
}
OWN = {  # by kind and name, where the kind's would not do
    ("activation", "maxout"): ("gradatim plot activations maxout",),
    ("clipping", "clip_norm"): ("gradatim train digits --clip-norm 1",),
    ("clipping", "clip_value"): ("gradatim train digits --clip-value 0.1",),
    ("penalty", "l1"): ("gradatim train digits --l1 0.0001",),
    ("penalty", "l2"): ("gradatim train digits --l2 0.0001",),
    ("loss", "dice"): (),
    ("loss", "cross_entropy_dice"): (),
    ("loss", "boundary_cross_entropy"): (),
    ("loss", "center_points"): ("gradatim train digits_on_canvas --loss center_points",),
    ("loss", "class_and_box"): (
        "gradatim train digits_on_canvas:most=1 --task localisation --loss class_and_box",
    ),
    ("network", "stack"): (),
    ("network", "mlp"): (
        "gradatim show mlp in_features=64 hidden=128 out_features=10 --svg mlp.svg",
        "gradatim train digits --hidden 128,64 activation=tanh",
    ),
    ("network", "wide_deep"): ("gradatim train crossed --model wide_deep crosses=query:item",),
    ("network", "shared_trunk"): (),
    ("network", "cross_stitch"): (),
    ("network", "soft_sharing"): (),
    ("network", "char_lm"): ("gradatim train tinyshakespeare --hidden 320",),
    ("network", "skip_gram"): ("gradatim train tinyshakespeare --model skip_gram",),
    ("network", "music_rnn"): ("gradatim train jsb-chorales cell=gru",),
    ("network", "word_lm"): ("gradatim train tinyshakespeare --task words",),
    ("network", "transformer_lm"): ("gradatim train tinyshakespeare --model transformer",),
    ("network", "transformer"): (),
    ("network", "text_classifier"): ("gradatim train rt-polarity",),
    ("network", "forecaster"): (),
    ("network", "autoencoder"): ("gradatim train digits --model autoencoder --hidden 64,32,8",),
    ("network", "conv_autoencoder"): ("gradatim train digits --model conv_autoencoder",),
    ("network", "vae"): ("gradatim train digits --model vae",),
    ("network", "conv_vae"): ("gradatim train digits --model conv_vae",),
    ("network", "tagger"): (),
    ("network", "word_tagger"): (),
    ("network", "sequence_classifier"): (),
    ("network", "conv_recurrent"): (),
    ("network", "ctc"): (),
    ("network", "listen_attend_spell"): (),
    ("network", "sound_classifier"): ("gradatim train spoken_digits listener=pyramid",),
    ("network", "sequence_decoder"): (),
    ("network", "encoder_decoder"): (),
    ("network", "attention_encoder_decoder"): (),
    ("network", "show_and_tell"): ("gradatim train shape_captions --model show_and_tell",),
    ("network", "lrcn_captioner"): ("gradatim train shape_captions --model lrcn_captioner",),
    ("network", "clip_captioner"): ("gradatim train weizmann_captions",),
    ("network", "show_attend_and_tell"): ("gradatim train shape_captions",),
    ("network", "som"): ("gradatim train digits --model som topology=hexagonal",),
    ("network", "rbm"): ("gradatim train digits --model rbm --hidden 64 k=5 persistent=true",),
    ("network", "dbn"): ("gradatim train digits --model dbn --hidden 100,100 --epochs 10",),
    ("network", "gaussian_rbm"): ("gradatim train digits --model gaussian_rbm --hidden 64",),
    ("network", "ensemble"): ("gradatim train adult --members 2",),
    ("problem", "tasks"): ("gradatim train school --task-of school",),
}
ARGUMENTS = {  # that a network cannot be made without
    "resnet_cifar": "depth=20", "plain_cifar": "depth=20", "wrn": "depth=16 width=4",
    "densenet_cifar": "depth=40 growth=12", "densenet_bc_cifar": "depth=100 growth=12",
}  # fmt: skip
READS_DIGITS = ("gradatim.models.lenet", "gradatim.models.resnet_cifar", "gradatim.models.wide_resnet",
                "gradatim.models.densenet_cifar")  # fmt: skip


def commands_for(row: Entry) -> list[str]:
    """Command lines that use a thing, each complete.

    >>> from gradatim import catalog
    >>> commands_for(catalog.find("adam", "optimizer"))
    ['gradatim train digits --optimizer adam']
    """
    own = OWN.get((row.kind, row.name))
    if own is not None:
        return list(own)
    name = f"{row.name} {ARGUMENTS[row.name]}" if row.name in ARGUMENTS else row.name
    commands = [
        text.replace("{name}", name, 1).replace("{name}", row.name) for text in COMMANDS.get(row.kind, ())
    ]
    if row.home.split(":")[0] in READS_DIGITS:
        commands.append(f"gradatim train digits --model {name} --epochs 2")
    return commands


def with_imports(example: str, source: Source) -> str:
    """A docstring's example behind the imports that its module gives it, so that it runs anywhere."""
    if not example:
        return ""
    tree = ast.parse("".join(step.source for step in DocTestParser().get_examples(example)))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names -= {bound for node in tree.body for bound in _bound(node)}
    here = ast.parse(source.path.read_text(encoding="utf-8"))
    imports = [_only(node, names) for node in here.body if isinstance(node, ast.Import | ast.ImportFrom)]
    own = sorted(
        node.name
        for node in here.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names
    )
    lines = [line for line in imports if line]
    lines += [f"from {source.module} import {', '.join(own)}"] if own else []
    return "\n".join([*(f">>> {line}" for line in lines), example])


def _bound(node: ast.stmt) -> set[str]:
    """The names that an import statement binds."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {alias.asname or alias.name for alias in node.names}


def _only(node: ast.Import | ast.ImportFrom, names: set[str]) -> str:
    """An import statement, of the names that are used; empty where there are none."""
    wanted = [alias for alias in node.names if (alias.asname or alias.name) in names]
    if not wanted:
        return ""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(wanted))
    return ast.unparse(ast.ImportFrom(node.module, wanted, node.level))
