"""The recipe for pictures: how wide its network is, how long it learns and what it sees, by the pictures.

The figures are in docs/log/planning.md, "The recipe for pictures".
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradatim.data.augmentation.geometry import Flip
from gradatim.data.augmentation.policies import operations_of
from gradatim.planning.mirror_images import are_mirrored

if TYPE_CHECKING:
    from gradatim.planning.defaults import Recipe
    from gradatim.planning.draft import Draft

# By width, the widest first that has enough epochs: multiply-adds of all forward passes, eleven minutes or so
# on two cores of 2023, which narrow layers keep less busy
WORK = {0.5: 3.3e13, 0.25: 2.9e13}
ONE_SIDED = 0.6  # of the epochs, for pictures without mirror images: there is less to be seen of them
OF_A_PIXEL = 444_000  # of ResNet-9 at width 1 with blocks in each stage: 32 × 32 of them have 4.55e8
ENOUGH, FEWEST, MOST = 20, 8, 100  # epochs
SMOOTHING = 0.1
BATCHES = (  # pictures below, size, rate
    (1000, 16, 1.5e-3), (4000, 32, 2.5e-3), (20_000, 64, 3.5e-3), (float("inf"), 128, 5e-3),
)  # fmt: skip
FEW, LARGE = 2000, 64  # pictures; a side that photographs have and digits have not
USUAL = 32  # a side below which a crop moves the picture by less
SMALLEST_CUT = 16  # a side from which a part may be missing, and a turn is seen


def are_convolved(draft: "Draft") -> bool:
    """Whether a convolutional network learns where none is asked for: from colours, from files, and from any
    pictures with `--model auto`; not where something is asked for that is of a perceptron.
    """
    train, settings = draft.train, draft.settings
    if not getattr(train, "is_pictures", False) or train.y is None or draft.problem.form:
        return False
    usual = draft.wants_best or train.recipe == "folders of pictures" or train.shape[0] == len("RGB")
    of_perceptron = settings.hidden is not None or settings.searches or settings.pretrain is not None
    return usual and not of_perceptron and settings.engine != "numpy"


def fit_to_pictures(recipe: "Recipe", draft: "Draft") -> "Recipe":
    """The recipe with what hangs on the pictures: width and epochs by their number and size, flips where
    mirror images are of the same class, precision by the processor.
    """
    train = draft.train
    height, width = train.shape[-2:]
    size = f"{len(train):,} pictures of {height}×{width}"
    mirrors, why = are_mirrored(train)
    wide, epochs = width_and_epochs(len(train), height * width, mirrors)
    moves = seen(mirrors, min(height, width))
    batch, lr = next((batch, lr) for below, batch, lr in BATCHES if len(train) < below)
    settings = {**recipe.settings, "epochs": epochs, "augment": moves, "batch_size": batch}
    of_epochs = f"of {size}, eight to twelve minutes on two cores at the most"
    if epochs == FEWEST:
        of_epochs = f"the fewest, and of {size} they may take long; --max-minutes sets a limit"
    reasons = {
        "epochs": of_epochs,
        "width": f"the widest of {' and '.join(map(str, WORK))} that two cores show {size} {ENOUGH} times "
        "in eight to twelve minutes",
        "augment": why,
        "blocks": "one in each stage was right more often",
    }
    if len(train.classes) > 2 and draft.problem.task == "classification" and draft.loss is None:
        settings["label_smoothing"] = SMOOTHING
    if narrow_is_quicker(draft.settings.device):
        settings["precision"] = "bfloat16"
        reasons["precision"] = "this processor multiplies its numbers twice as fast"
    arguments: dict[str, Any] = {"width": wide, "blocks": [1, 1, 1]}
    if flips(draft.settings.augment or moves):
        arguments["mirrored"] = True
        reasons["mirrored"] = "the mean of its scores for both is right more often"
    if len(train) < FEW and min(height, width) >= LARGE:
        draft.notice(
            f"{len(train):,} pictures are few to learn from; --pretrained begins with published weights, "
            "learned from a million"
        )
    rates = {**recipe.lr, **dict.fromkeys(("adam", "adamw"), lr)}
    return replace(recipe, settings=settings, lr=rates, arguments=arguments, reasons=reasons)


def seen(mirrors: bool, side: int) -> str:
    """The policy of augmentation for pictures whose shorter side has so many pixels.

    >>> seen(True, 32), seen(True, 28)
    ('flip+crop+cutout:size=8', 'flip+crop:pad=2+cutout:size=7')
    >>> seen(False, 28)
    'crop+rotate:degrees=10,p=0.5+cutout:size=7'
    """
    if side < SMALLEST_CUT:
        return "flip+crop" if mirrors else "crop"
    moved = "crop" if side >= USUAL else f"crop:pad={side // 14}"
    return f"{f'flip+{moved}' if mirrors else 'crop+rotate:degrees=10,p=0.5'}+cutout:size={side // 4}"


def width_and_epochs(pictures: int, pixels: int, mirrors: bool) -> tuple[float, int]:
    """The widest network that such pictures can be shown to often enough, and how often.

    >>> width_and_epochs(8259, 32 * 32, True), width_and_epochs(54_000, 28 * 28, True)
    ((0.5, 35), (0.25, 24))
    >>> width_and_epochs(54_000, 28 * 28, False)
    (0.25, 14)
    """
    of_one = OF_A_PIXEL * pixels * max(pictures, 1) / (1 if mirrors else ONE_SIDED)
    each = {width: int(work / (of_one * width**2)) for width, work in WORK.items()}
    wide = next((width for width, epochs in each.items() if epochs >= ENOUGH), min(WORK))
    return wide, min(max(each[wide], FEWEST), MOST)


def flips(policy: str) -> bool:
    """Whether the network sees mirror images while it learns, so that its answers to them count.

    >>> flips("standard"), flips("flip:axis=vertical"), flips("none")
    (True, False, False)
    """
    return any(isinstance(one, Flip) and one.axis != "vertical" for one in operations_of(policy))


def narrow_is_quicker(device: str) -> bool:
    """Whether the device is a processor that multiplies bfloat16 by instructions of its own.

    Nothing was measured on GPUs, some of which have none either.
    """
    from gradatim.device import choose_device
    from gradatim.nn.kernels.product import has_bfloat16

    return choose_device(device)[0].type == "cpu" and has_bfloat16("cpu")
