"""GoogLeNet in the form that torchvision's weights need."""

from torch import Tensor, nn

from gradatim.models.googlenet import modules, outputs_of
from gradatim.models.network import Network, scale_channels
from gradatim.nn.dropout import Dropout
from gradatim.nn.kernels.norm_relu import norm_relu


class _Unit(nn.Module):
    """A convolution with batch norm and ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return norm_relu(self.bn, self.relu, self.conv(x))


class _Head(nn.Module):
    def __init__(self, channels: int, num_classes: int, width: float):
        super().__init__()
        reduced, units = scale_channels(128, width), scale_channels(1024, width)
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.conv = _Unit(channels, reduced, 1)
        self.fc1 = nn.Linear(reduced * 16, units)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = Dropout(0.7)
        self.fc2 = nn.Linear(units, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.pool(x)).flatten(1)
        return self.fc2(self.dropout(self.relu(self.fc1(x))))


class GoogLeNetTV(Network):
    """GoogLeNet (Szegedy et al. 2014) with batch norm for LRN and 3×3 kernels where the paper has 5×5.

        Inception(x) = [1×1 x, 3×3 1×1 x, 3×3 1×1 x, 1×1 pool x], every convolution C as ReLU(BN(C x))

    The 3×3 is a slip of the TensorFlow weights that torchvision's were converted from, and kept there. The
    last pool is 2×2, and the heads average any size to 4×4.

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W from 15 on; while training also the two
    heads' scores: three tensors, whose losses count 1, 0.3 and 0.3. `width` multiplies the channels of every
    layer.

    Raises UsageError for pictures that the pools leave nothing of, and for arguments it cannot use.
    """

    smallest = 15
    heads = ("fc", "aux1.fc2", "aux2.fc2")
    output_weights = (1.0, 0.3, 0.3)  # of the losses of the outputs while training

    def __init__(
        self, name: str, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.2,
        width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        first = scale_channels(64, width)
        self.conv1 = _Unit(in_channels, first, 7, 2)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = _Unit(first, first, 1)
        self.conv3 = _Unit(first, scale_channels(192, width), 3)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        made = modules(_Unit, width, third=3)
        self.inception3a, self.inception3b = made["inception3a"], made["inception3b"]
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a, self.inception4b = made["inception4a"], made["inception4b"]
        self.inception4c, self.inception4d = made["inception4c"], made["inception4d"]
        self.inception4e = made["inception4e"]
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.inception5a, self.inception5b = made["inception5a"], made["inception5b"]
        self.aux1 = _Head(outputs_of("inception4a", width), num_classes, width)
        self.aux2 = _Head(outputs_of("inception4d", width), num_classes, width)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = Dropout(dropout)
        self.fc = nn.Linear(outputs_of("inception5b", width), num_classes)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Scores of the classes; while training the heads' too."""
        x = self.maxpool2(self.conv3(self.conv2(self.maxpool1(self.conv1(x)))))
        a = self.inception4a(self.maxpool3(self.inception3b(self.inception3a(x))))
        d = self.inception4d(self.inception4c(self.inception4b(a)))
        x = self.inception5b(self.inception5a(self.maxpool4(self.inception4e(d))))
        scores = self.fc(self.dropout(self.avgpool(x).flatten(1)))
        return (scores, self.aux1(a), self.aux2(d)) if self.training else scores
