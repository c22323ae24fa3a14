"""Activations, losses, updates, schedules and initialisers: functions without state."""

from typing import Any
from torch import Tensor
from gradatim.functional.activations import celu as celu
from gradatim.functional.activations import elu as elu
from gradatim.functional.activations import gelu as gelu
from gradatim.functional.activations import hard_sigmoid as hard_sigmoid
from gradatim.functional.activations import hard_swish as hard_swish
from gradatim.functional.activations import identity as identity
from gradatim.functional.activations import leaky_relu as leaky_relu
from gradatim.functional.activations import log_softmax as log_softmax
from gradatim.functional.activations import maxout as maxout
from gradatim.functional.activations import mish as mish
from gradatim.functional.activations import relu as relu
from gradatim.functional.activations import selu as selu
from gradatim.functional.activations import sigmoid as sigmoid
from gradatim.functional.activations import silu as silu
from gradatim.functional.activations import softmax as softmax
from gradatim.functional.activations import softplus as softplus
from gradatim.functional.activations import softsign as softsign
from gradatim.functional.activations import step as step
from gradatim.functional.activations import tanh as tanh
from gradatim.functional.boundary_loss import BoundaryCrossEntropy as BoundaryCrossEntropy
from gradatim.functional.center_loss import CenterPoints as CenterPoints
from gradatim.functional.class_and_box import ClassAndBox as ClassAndBox
from gradatim.functional.clipping import clip_norm as clip_norm
from gradatim.functional.clipping import clip_value as clip_value
from gradatim.functional.cluster_norm import ClusterNorm as ClusterNorm
from gradatim.functional.dice_loss import CrossEntropyDice as CrossEntropyDice
from gradatim.functional.dice_loss import Dice as Dice
from gradatim.functional.focal import Focal as Focal
from gradatim.functional.initialisers import he_normal as he_normal
from gradatim.functional.initialisers import he_uniform as he_uniform
from gradatim.functional.initialisers import lecun_normal as lecun_normal
from gradatim.functional.initialisers import lecun_uniform as lecun_uniform
from gradatim.functional.initialisers import normal as normal
from gradatim.functional.initialisers import orthogonal as orthogonal
from gradatim.functional.initialisers import uniform as uniform
from gradatim.functional.initialisers import xavier_normal as xavier_normal
from gradatim.functional.initialisers import xavier_uniform as xavier_uniform
from gradatim.functional.initialisers import zeros as zeros
from gradatim.functional.kl_divergence import KLDivergence as KLDivergence
from gradatim.functional.label_losses import MultiLabel as MultiLabel
from gradatim.functional.losses import BinaryCrossEntropy as BinaryCrossEntropy
from gradatim.functional.losses import CrossEntropy as CrossEntropy
from gradatim.functional.margin_losses import Hinge as Hinge
from gradatim.functional.margin_losses import SquaredHinge as SquaredHinge
from gradatim.functional.mixture_density import MixtureNLL as MixtureNLL
from gradatim.functional.nll import NLL as NLL
from gradatim.functional.number_losses import AbsoluteError as AbsoluteError
from gradatim.functional.number_losses import GaussianNLL as GaussianNLL
from gradatim.functional.number_losses import HalfSquaredError as HalfSquaredError
from gradatim.functional.number_losses import Huber as Huber
from gradatim.functional.number_losses import LaplaceNLL as LaplaceNLL
from gradatim.functional.number_losses import PoissonNLL as PoissonNLL
from gradatim.functional.number_losses import SquaredError as SquaredError
from gradatim.functional.penalties import L1 as L1
from gradatim.functional.penalties import L2 as L2
from gradatim.functional.schedules import constant as constant
from gradatim.functional.schedules import cosine as cosine
from gradatim.functional.schedules import exponential as exponential
from gradatim.functional.schedules import inverse_time as inverse_time
from gradatim.functional.schedules import one_cycle as one_cycle
from gradatim.functional.task_penalties import L21 as L21
from gradatim.functional.task_penalties import L21Columns as L21Columns
from gradatim.functional.task_penalties import LInf1 as LInf1
from gradatim.functional.task_penalties import TraceNorm as TraceNorm

def absolute_error(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def bernoulli_nll(a: Tensor, y: Tensor, w: Tensor | None = None, *, smoothing: Any = 0.0, pos_weight: Any = None) -> Tensor: ...
def binary_cross_entropy(a: Tensor, y: Tensor, w: Tensor | None = None, *, smoothing: Any = 0.0, pos_weight: Any = None) -> Tensor: ...
def boundary_cross_entropy(a: Tensor, y: Tensor, w: Tensor | None = None, *, w0: Any = 10.0, sigma: Any = 5.0, background: Any = 0) -> Tensor: ...
def categorical_nll(a: Tensor, y: Tensor, w: Tensor | None = None, *, smoothing: Any = 0.0) -> Tensor: ...
def center_points(a: Tensor, y: Tensor, w: Tensor | None = None, *, size_weight: Any = 0.1, offset_weight: Any = 1.0) -> Tensor: ...
def class_and_box(a: Tensor, y: Tensor, w: Tensor | None = None, *, box_weight: Any = 10.0) -> Tensor: ...
def cross_entropy(a: Tensor, y: Tensor, w: Tensor | None = None, *, smoothing: Any = 0.0) -> Tensor: ...
def cross_entropy_dice(a: Tensor, y: Tensor, w: Tensor | None = None, *, weight: Any = 1.0, epsilon: Any = 1.0) -> Tensor: ...
def dice(a: Tensor, y: Tensor, w: Tensor | None = None, *, epsilon: Any = 1.0) -> Tensor: ...
def focal(a: Tensor, y: Tensor, w: Tensor | None = None, *, gamma: Any = 2.0, alpha: Any = None) -> Tensor: ...
def gaussian_nll(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def half_squared_error(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def hinge(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def huber(a: Tensor, y: Tensor, w: Tensor | None = None, *, delta: Any = 1.0) -> Tensor: ...
def kl_divergence(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def laplace_nll(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def mixture_nll(a: Tensor, y: Tensor, w: Tensor | None = None, *, components: Any = 3) -> Tensor: ...
def multilabel(a: Tensor, y: Tensor, w: Tensor | None = None, *, pos_weight: Any = None) -> Tensor: ...
def nll(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def poisson_nll(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def squared_error(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
def squared_hinge(a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor: ...
