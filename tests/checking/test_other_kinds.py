"""Activations, losses, layers and optimizers of students."""

import pytest

LINES = """
import numpy as np

def relu(x):
    return np.maximum(x, 0)

def relu_gradient(x):
    return (x > 0) * 1.0

def leaky(x):
    return np.where(x >= 0, x, 0.01 * x)

def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))

def tanh(x):
    return np.tanh(x)

def tanh_derivative(x):
    return 1 - x ** 2

def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()

def unstable(x):
    e = np.exp(x)
    return e / e.sum(-1, keepdims=True)

class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(-1, keepdims=True))
        self.p = e / e.sum(-1, keepdims=True)
        return self.p
    def backward(self, g):
        return self.p * (g - (self.p * g).sum(-1, keepdims=True))

def squared_sum(a, y):
    return ((a - y) ** 2).sum()

def squared_mean(a, y):
    return ((a - y) ** 2).mean()

def squared(a, y):
    return ((a - y) ** 2).sum(1)

def squared_gradient(a, y):
    return 2 * (a - y) / len(a)

def absolute(a, y):
    return np.abs(a - y).sum(1).mean()

class CrossEntropy:
    def forward(self, a, y):
        a = a - a.max(1, keepdims=True)
        self.p, self.y = np.exp(a) / np.exp(a).sum(1, keepdims=True), y
        return (np.log(np.exp(a).sum(1)) - a[np.arange(len(y)), y]).mean()
    def backward(self):
        return (self.p - np.eye(self.p.shape[1])[self.y]) / len(self.y)

class Unscaled(CrossEntropy):
    def backward(self):
        return super().backward() * len(self.y)

def clipped(a, y):
    e = np.exp(a - a.max(1, keepdims=True))
    p = (e / e.sum(1, keepdims=True))[np.arange(len(y)), y]
    return -np.log(np.clip(p, 1e-12, 1)).mean()

class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros((1, n_out))
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, g):
        self.dW, self.db = self.x.T @ g, g.sum(0)
        return g @ self.W.T

class MeanDense(Dense):
    def backward(self, g):
        dx = super().backward(g)
        self.db = g.mean(0)
        return dx

class NoBias(Dense):
    def forward(self, x):
        self.x = x
        return x @ self.W

def conv(x, weight, bias, stride=1, padding=0, flip=False):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    k, (N, C, H, W) = weight.shape[-1], x.shape
    weight = weight[:, :, ::-1, ::-1] if flip else weight
    M, P = (H - k) // stride + 1, (W - k) // stride + 1
    y = np.zeros((N, len(weight), M, P))
    for m in range(M):
        for n in range(P):
            window = x[:, :, m * stride : m * stride + k, n * stride : n * stride + k]
            y[:, :, m, n] = np.einsum("nckl,ockl->no", window, weight)
    return y + bias[:, None, None]

def true_conv(x, weight, bias, stride=1, padding=0):
    return conv(x, weight, bias, stride, padding, True)

class MaxPool:
    def __init__(self, kernel_size, stride=None):
        self.k, self.s = kernel_size, stride or kernel_size
    def __call__(self, x):
        k, s = self.k, self.s
        M, P = (x.shape[2] - k) // s + 1, (x.shape[3] - k) // s + 1
        y = [[x[:, :, m*s:m*s+k, n*s:n*s+k].max((2, 3)) for n in range(P)] for m in range(M)]
        return np.array(y).transpose(2, 3, 0, 1)

class LayerNorm:
    def __init__(self, dim):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
    def forward(self, x):
        z = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return z * self.gamma + self.beta

class UnbiasedNorm(LayerNorm):
    def forward(self, x):
        v = x.var(-1, keepdims=True, ddof=1)
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(v + 1e-5) * self.gamma + self.beta

class Adam:
    correct = True
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.lr, self.b1, self.b2, self.eps = learning_rate, beta1, beta2, epsilon
        self.m = self.v = self.t = 0
    def step(self, w, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        m, v = self.corrected()
        return w - self.lr * m / (np.sqrt(v) + self.eps)
    def corrected(self):
        return self.m / (1 - self.b1 ** self.t), self.v / (1 - self.b2 ** self.t)

class Uncorrected(Adam):
    def corrected(self):
        return self.m, self.v

class Half(Adam):
    def corrected(self):
        return self.m / (1 - self.b1 ** self.t), self.v

class Momentum:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.params, self.lr, self.rho = params, lr, momentum
        self.v = [np.zeros_like(p) for p in params]
    def step(self, grads):
        for p, v, g in zip(self.params, self.v, grads):
            v *= self.rho
            v += g
            p -= self.lr * v

def sgd(w, g, lr):
    w -= lr * g

def ascent(w, g, lr=0.1):
    return w + lr * g
"""


@pytest.mark.parametrize(
    ("name", "against", "gradients"),
    [
        ("relu", "relu", True), ("sigmoid", "sigmoid", False), ("Softmax", "softmax", True),
        ("squared", "squared_error", True), ("absolute", "absolute_error", False),
        ("CrossEntropy", "cross_entropy", True), ("Dense", "dense", True), ("conv", "conv2d", False),
        ("MaxPool", "max_pool2d", False), ("LayerNorm", "layer_norm", False), ("Adam", "adam", False),
        ("Momentum", "momentum", False), ("sgd", "sgd", False),
    ],
)  # fmt: skip
def test_what_is_right_is_right(checked, name, against, gradients):
    verdict = checked(LINES, name, against)
    assert (verdict.status, verdict.failure) == ("right", "")
    assert verdict.gradients is gradients


@pytest.mark.parametrize(
    ("name", "against", "number", "says"),
    [
        ("leaky", "relu", "output", "your numbers are those of leaky_relu"),
        ("tanh", "tanh", "grad x", "the output is right and the derivative is not"),
        ("softmax", "softmax", "output", "yours runs over all numbers at once"),
        ("unstable", "softmax", "output", "does something overflow"),
        ("squared_sum", "squared_error", "loss", "yours is the sum over the batch"),
        ("squared_mean", "squared_error", "loss", "yours is the mean over all numbers"),
        ("squared", "half_squared_error", "loss", "yours is twice the definition"),
        ("absolute", "squared_error", "loss", "your numbers are those of absolute_error"),
        ("Unscaled", "cross_entropy", "grad a", "sum over the batch"),
        ("clipped", "cross_entropy", "loss", "cuts probabilities off"),
        ("MeanDense", "dense", "grad bias", "yours is the mean over the examples"),
        ("NoBias", "dense", "output", "yours leaves the bias out"),
        ("true_conv", "conv2d", "output", "true convolution"),
        ("MaxPool", "avg_pool2d", "output", "your numbers are those of max_pool2d"),
        ("UnbiasedNorm", "layer_norm", "output", "n − 1"),
        ("Uncorrected", "adam", "step 1", "Adam without bias correction"),
        ("Half", "adam", "step 1", "you correct m only"),
        ("Momentum", "sgd", "step 2", "your numbers are those of momentum"),
        ("ascent", "sgd", "step 1", "yours climbs"),
    ],
)  # fmt: skip
def test_a_slip_is_named_beside_the_first_number_that_differs(checked, name, against, number, says):
    verdict = checked(LINES, name, against)
    assert verdict.status == "differs", verdict.failure
    difference, hint = verdict.comparison.difference, verdict.comparison.hint
    assert difference.name == number
    assert says in hint
    assert verdict.comparison.formula
    assert hint in str(verdict) and verdict.as_json()["hint"] == hint


TORCH = """
import torch

def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / 2 ** 0.5))

class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                s = self.state[p]
                if not s:
                    s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                s["t"] += 1
                s["m"] = b1 * s["m"] + (1 - b1) * p.grad
                s["v"] = b2 * s["v"] + (1 - b2) * p.grad ** 2
                m, v = s["m"] / (1 - b1 ** s["t"]), s["v"] / (1 - b2 ** s["t"])
                p -= group["lr"] * m / (v.sqrt() + group["eps"])

class Dense(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.inner = torch.nn.Linear(n_in, n_out)

    def forward(self, x):
        return self.inner(x)
"""


@pytest.mark.parametrize(("name", "against"), [("gelu", "gelu"), ("Adam", "adam"), ("Dense", "dense")])
def test_torch_s_own_way_of_writing(checked, name, against):
    verdict = checked(TORCH, name, against, timeout=60)
    assert (verdict.status, verdict.numbers, verdict.failure) == ("right", "torch", "")
    assert verdict.gradients is (against != "adam")


OF_ONE_NUMBER = """
import math

def relu(x):
    return max(0, x)

def relu_derivative(x):
    return 1 if x > 0 else 0

def sigmoid(x):
    return 1 / (1 + math.exp(-x))

def leaky(x):
    return x if x > 0 else 0.1 * x
"""


def test_functions_of_one_number_are_asked_number_by_number(checked):
    verdict = checked(OF_ONE_NUMBER, "relu", "relu")
    assert (verdict.status, verdict.gradients) == ("right", True)
    assert (
        "OverflowError: math range error at line 11" in checked(OF_ONE_NUMBER, "sigmoid", "sigmoid").failure
    )


def test_what_is_no_multiple_of_the_definition_is_not_called_one(checked):
    verdict = checked(OF_ONE_NUMBER, "leaky", "relu")
    assert verdict.status == "differs" and "times" not in verdict.comparison.hint
