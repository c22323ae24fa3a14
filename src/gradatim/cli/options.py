"""The options of `train`, by the name that the job knows them by."""

from pathlib import Path
from typing import Annotated

import typer

OPTIMIZERS = (
    "sgd, momentum, nesterov, nesterov_torch, adagrad, rmsprop, adam, adam_uncorrected, adamw, adadelta, "
    "nadam, lion, muon or lbfgs."
)

Data = Annotated[
    str | None,
    typer.Argument(help="A name such as digits, a CSV, TSV or Parquet file, .npz, or a text: book.txt."),
]
Arguments = Annotated[list[str] | None, typer.Argument(help="key=value: other arguments of the network.")]
Target = Annotated[str | None, typer.Option(help="The column or array to learn; several as a,b,c.")]
Task = Annotated[str | None, typer.Option(help="classification, multilabel or regression.")]
Group = Annotated[str | None, typer.Option(help="A column; none of its values is in two splits.")]
Time = Annotated[str | None, typer.Option(help="A column; the latest rows are the test.")]
Ignore = Annotated[list[str] | None, typer.Option(help="A column that is no input; may be given again.")]
Schema = Annotated[str | None, typer.Option(help="What the columns are: a file of gradatim data --schema.")]
Model = Annotated[str | None, typer.Option(help="A network's name, or a description's .json file.")]
Weights = Annotated[
    Path | None, typer.Option(help="A .safetensors or .pth file to begin with, in torchvision's names.")
]
Pretrained = Annotated[
    bool, typer.Option("--pretrained", help="Begin with torchvision's published weights, downloaded once.")
]
Out = Annotated[Path | None, typer.Option(help="The run folder; runs/NAME-N when not given.")]
Resume = Annotated[str | None, typer.Option(help="Go on with a run; DATA is not given again.")]
Config = Annotated[Path | None, typer.Option(help="A JSON file of these options, or a run's config.json.")]
Epochs = Annotated[int | None, typer.Option(help="Epochs in all; with --resume, extends the run.")]
BatchSize = Annotated[int | None, typer.Option(help="Examples in a batch; streams of a text side by side.")]
Window = Annotated[int | None, typer.Option(help="Of a text: characters after which the gradient is cut.")]
LearningRate = Annotated[float | None, typer.Option(help="Learning rate.")]
Loss = Annotated[
    str | None, typer.Option(help="Chosen from the target; gaussian_nll gives numbers with intervals.")
]
Optimizer = Annotated[str | None, typer.Option(help=OPTIMIZERS)]
Schedule = Annotated[
    str | None,
    typer.Option(
        help="constant, cosine, step, exponential, inverse_time, one_cycle or plateau; arguments as "
        "NAME:key=value, and warmup=SHARE."
    ),
]
Hidden = Annotated[str | None, typer.Option(help="Units of the hidden layers, such as 128 or 256,64.")]
Dropout = Annotated[float | None, typer.Option(help="Probability of dropping a hidden unit.")]
Seed = Annotated[int | None, typer.Option(help="Of initial weights, shuffling and dropout.")]
Engine = Annotated[str | None, typer.Option(help="auto, numpy or torch.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")]
Threads = Annotated[int | None, typer.Option(help="CPU threads.")]
Precision = Annotated[str | None, typer.Option(help="float32, float64, or bfloat16 (products only).")]
Valid = Annotated[str | None, typer.Option(help="Share of the training examples to validate on, or a file.")]
Test = Annotated[str | None, typer.Option(help="A file to test on, instead of a share of DATA.")]
Patience = Annotated[int | None, typer.Option(help="Epochs without a lower validation loss before stopping.")]
ClassWeight = Annotated[str | None, typer.Option(help="balanced: every class weighs the same in the loss.")]
Threshold = Annotated[
    str | None, typer.Option(help="Of two classes, chosen on validation for: accuracy, f1 or balanced.")
]
Accumulate = Annotated[int | None, typer.Option(help="Batches whose gradients make one step.")]
L1 = Annotated[float | None, typer.Option("--l1", help="Penalty λ Σ|w| on weights, not on biases.")]
L2 = Annotated[float | None, typer.Option("--l2", help="Penalty ½ λ Σw² on weights, not on biases.")]
WeightDecay = Annotated[float | None, typer.Option(help="Decoupled: every step, w ← w − η λ w.")]
LabelSmoothing = Annotated[float | None, typer.Option(help="Share of the target given to all classes alike.")]
Keep = Annotated[
    str | None, typer.Option(help="Whose weights are kept: the epoch best on validation, or last.")
]
Ema = Annotated[float | None, typer.Option(help="Keep an average of the weights with this decay: 0.999.")]
ClipNorm = Annotated[float | None, typer.Option(help="Limit of the gradient's global norm.")]
ClipValue = Annotated[float | None, typer.Option(help="Limit of each element of the gradient.")]
Sanity = Annotated[bool, typer.Option("--sanity", help="First see whether one batch is learned by heart.")]
TensorBoard = Annotated[
    bool,
    typer.Option("--tensorboard", help="Write every epoch's record for TensorBoard too."),
]
Baselines = Annotated[
    bool, typer.Option("--no-baselines", help="Leave out the models that stand beside a table's network.")
]
Theme = Annotated[str, typer.Option(help="light or dark.")]
MaxMinutes = Annotated[float | None, typer.Option(help="Wall time; the state is saved when it is up.")]
InputSize = Annotated[
    str | None, typer.Option(help="Of a network's pictures, such as 224 or 224,320; of clips 16,112,112.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")]
