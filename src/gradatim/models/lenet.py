"""LeNet-5, as it read cheques in 1998, and the form it is taught in."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.models.network import Network, Size, shape_behind, sizes
from gradatim.nn.initialise import draw
from gradatim.random import generator

READS = (  # Table I: the maps of S2 that each of C3's sixteen maps reads
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip
FIELD = 32  # pixels; smaller pictures stand in the middle of such a field
BITMAPS = (  # 7×12 pictures of the digits, one row a word: the centres of the RBF units, in our own drawing
    ". ..###.. .#...#. #.....# #.....# #.....# #.....# #.....# #.....# .#...#. ..###.. .",
    ". ...#... ..##... .#.#... ...#... ...#... ...#... ...#... ...#... ...#... .#####. .",
    ". .#####. #.....# ......# ......# .....#. ....#.. ...#... ..#.... .#..... ####### .",
    ". .#####. #.....# ......# ......# ..####. ......# ......# ......# #.....# .#####. .",
    ". .....#. ....##. ...#.#. ..#..#. .#...#. #....#. ####### .....#. .....#. .....#. .",
    ". ####### #...... #...... #...... ######. ......# ......# ......# #.....# .#####. .",
    ". ..####. .#..... #...... #...... ######. #.....# #.....# #.....# #.....# .#####. .",
    ". ####### ......# .....#. .....#. ....#.. ....#.. ...#... ...#... ..#.... ..#.... .",
    ". .#####. #.....# #.....# #.....# .#####. #.....# #.....# #.....# #.....# .#####. .",
    ". .#####. #.....# #.....# #.....# #.....# .###### ......# ......# .....#. .####.. .",
)


class ScaledTanh(nn.Module):
    """f(a) = 1.7159 tanh(2a/3), whose value at ±1 is ±1 (Appendix A)."""

    def forward(self, a: Tensor) -> Tensor:
        """f(a)."""
        return 1.7159 * torch.tanh(a * (2 / 3))


class Subsampling(nn.Module):
    """The sum of 2×2 neighbours times a weight plus a bias, one of each a map (S2 and S4).

    Shapes: x (N, C, H, W) → (N, C, H/2, W/2).
    """

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """The mean to begin with: every weight 1/4, every bias 0."""
        self.weight.fill_(0.25)
        self.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """The sum, times w, plus b."""
        total = 4 * F.avg_pool2d(x, 2)
        return total * self.weight[:, None, None] + self.bias[:, None, None]


class TableConv(nn.Module):
    """A convolution whose every map reads some maps of its input, as a table says (C3).

    Shapes: x (N, 6, H, W) → (N, 16, H − 4, W − 4). One weight tensor (maps read, 5, 5) and one bias a map.
    """

    def __init__(self, reads: tuple[tuple[int, ...], ...], channels: int, kernel: int = 5):
        super().__init__()
        self.reads, self.channels = reads, channels
        for number, read in enumerate(reads):
            self.register_parameter(f"weight{number}", nn.Parameter(torch.empty(len(read), kernel, kernel)))
        self.bias = nn.Parameter(torch.empty(len(reads)))
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """LeCun's weights by (seed, name), the fan in of a map that of the maps it reads; biases 0."""
        for number, weight in enumerate(self.weights()):
            draw(weight[None], "lecun_uniform", seed, f"{prefix}weight{number}")
        draw(self.bias, "zeros", seed, f"{prefix}bias")

    def weights(self) -> list[Tensor]:
        """The weights of every map."""
        return [getattr(self, f"weight{number}") for number in range(len(self.reads))]

    def forward(self, x: Tensor) -> Tensor:
        """One convolution, with zeros where a map is not read."""
        rows = []
        for read, weight in zip(self.reads, self.weights(), strict=True):
            row = weight.new_zeros(self.channels, *weight.shape[1:])
            rows.append(row.index_copy(0, torch.tensor(read, device=weight.device), weight))
        return F.conv2d(x, torch.stack(rows), self.bias)

    def extra_repr(self) -> str:
        """The maps, and how many connections there are."""
        return f"{self.channels} → {len(self.reads)} maps, {sum(map(len, self.reads))} connections"


class RBF(nn.Module):
    """Minus the squared distance to a centre of ±1 for each class (eq. 7 with its sign turned).

        y_i = −Σ_j (x_j − w_ij)²

    Ten classes have pictures of the digits for centres, other numbers of classes random ones, as the paper
    allows. The centres are fixed. Cross entropy of softmax over these y is the paper's eq. 9 with j → ∞.
    """

    centres: Tensor

    def __init__(self, num_classes: int):
        super().__init__()
        self.register_buffer("centres", torch.empty(num_classes, 84))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Set the centres, which depend on no seed."""
        if self.centres.is_meta:
            return
        if len(self.centres) == len(BITMAPS):
            pictures = ["".join(row.ljust(7, ".") for row in picture.split()) for picture in BITMAPS]
            self.centres.copy_(torch.tensor([[1.0 if c == "#" else -1.0 for c in p] for p in pictures]))
        else:
            bits = generator(0, "LeNet-5's RBF").integers(0, 2, tuple(self.centres.shape))
            self.centres.copy_(torch.from_numpy(bits * 2.0 - 1.0))

    def forward(self, x: Tensor) -> Tensor:
        """−‖x − w_i‖² for every class."""
        return -(x[:, None] - self.centres).square().sum(2)


class LeNet5(Network):
    """LeNet-5 (LeCun, Bottou, Bengio & Haffner 1998, § II.B).

        C1 6 maps, 5×5 · S2 trained subsampling · C3 16 maps that read some of the 6 each (Table I), 5×5
        S4 trained subsampling · C5 120 maps, 5×5 · F6 84 units · RBF, a fixed centre for each class
        f(a) = 1.7159 tanh(2a/3) behind every layer; 60,000 trained parameters at 32×32 and one channel

    Shapes: x (N, in_channels, *input_size) → (N, num_classes): minus the distances, so that the largest wins.

    A picture below 32×32 is put into the middle of a field of 32×32 zeros, as the paper did with its digits.
    A larger one makes C5's maps larger, and F6 reads all of them. Weights begin as LeCun's uniform.

    Raises UsageError for an argument that cannot be used, and for pictures of other sizes.
    """

    init = "lecun_uniform"
    heads = ("rbf",)

    def __init__(self, name: str, num_classes: int = 10, in_channels: int = 1, input_size: Size = FIELD):
        super().__init__(name, num_classes, in_channels)
        self.input_size = sizes("input_size", input_size)
        self.field = Field(self.input_size)
        self.c1, self.s2 = nn.Conv2d(in_channels, 6, 5), Subsampling(6)
        self.c3, self.s4 = TableConv(READS, 6), Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f = ScaledTanh()
        c, h, w = shape_behind(self, nn.Sequential(self.field, *self._maps()), self.input_size)
        self.f6 = nn.Linear(c * h * w, 84)
        self.rbf = RBF(num_classes)

    def _maps(self) -> list[nn.Module]:
        return [self.c1, self.f, self.s2, self.f, self.c3, self.f, self.s4, self.f, self.c5, self.f]

    def forward(self, x: Tensor) -> Tensor:
        """Minus the distance to each class's centre."""
        x = self.field(x)
        for layer in self._maps():
            x = layer(x)
        return self.rbf(self.f(self.f6(x.flatten(1))))


class LeNet5Modern(Network):
    """LeNet-5 (LeCun et al. 1998) as it is taught: ReLU, max pooling, every map reads every map, softmax.

        5×5 convolution to 6 maps, pool, 5×5 convolution to 16 maps, pool, dense layers of 120, 84, K units;
        61,706 parameters at 32×32, one channel and ten classes

    Shapes: x (N, in_channels, *input_size) → (N, num_classes). A picture below 32×32 is put into the
    middle of a field of 32×32 zeros.

    Raises UsageError for an argument that cannot be used, and for pictures of other sizes.
    """

    heads = ("classifier.4",)

    def __init__(self, name: str, num_classes: int = 10, in_channels: int = 1, input_size: Size = FIELD):
        super().__init__(name, num_classes, in_channels)
        self.input_size = sizes("input_size", input_size)
        self.features = nn.Sequential(
            Field(self.input_size),
            nn.Conv2d(in_channels, 6, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2, stride=2),
            nn.Conv2d(6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2, stride=2),
        )  # fmt: skip
        c, h, w = shape_behind(self, self.features, self.input_size)
        self.classifier = nn.Sequential(
            nn.Linear(c * h * w, 120), nn.ReLU(inplace=True), nn.Linear(120, 84), nn.ReLU(inplace=True),
            nn.Linear(84, num_classes),
        )  # fmt: skip

    def in_order(self) -> list[nn.Module]:
        """The layers, each of which reads what the one before gives."""
        return [*self.features, nn.Flatten(), *self.classifier]

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.classifier(self.features(x).flatten(1))


class Field(nn.ZeroPad2d):
    """Zeros around a small picture, evenly, up to 32×32."""

    def __init__(self, size: tuple[int, ...]):
        h, w = (max(0, FIELD - n) for n in size)
        super().__init__((w // 2, w - w // 2, h // 2, h - h // 2))
        self.size = tuple(max(FIELD, n) for n in size)

    def extra_repr(self) -> str:
        """The size of what comes out."""
        return "×".join(map(str, self.size))
