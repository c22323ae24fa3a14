"""The elementary functions of a fused step on a GPU: mathematics.h in Triton, with its names and methods.

Where the GPU's own instruction is approximate, or single precision would cancel, they compute in double.
Every argument is a Triton value of float32 or float64, never a Python number.
"""

import triton
import triton.language as tl


@triton.jit
def _exp_clamped(x, low, high, less: tl.constexpr):
    """e^x, or e^x − 1, within bounds; NaN stays NaN. e^x = 2^n e^r, e^r − 1 a Taylor polynomial."""
    x = tl.where(x < low, low, x)
    x = tl.where(x > high, high, x)
    if x.dtype == tl.float64:
        shifted = x * 1.4426950408889634074 + 6755399441055744.0
        n = shifted - 6755399441055744.0
        r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
        p = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        power = ((shifted.to(tl.int64, bitcast=True) + 1023) << 52).to(tl.float64, bitcast=True)
    else:
        shifted = x * 1.44269504 + 12582912.0
        n = shifted - 12582912.0
        r = (x - n * 0.693145752) - n * 1.42860677e-6
        p = tl.zeros_like(r) + 1.0 / 5040.0
        power = ((shifted.to(tl.int32, bitcast=True) + 127) << 23).to(tl.float32, bitcast=True)
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r * r + r
    if less:
        y = power * p + (power - 1)
    else:
        y = power * p + power
    return y


@triton.jit
def _bounded(x, less: tl.constexpr):
    """With x in the range where 2^n is a normal number."""
    if x.dtype == tl.float64:
        y = _exp_clamped(x, -708.0, 708.78271289338397, less)
    else:
        y = _exp_clamped(x, -87.0, 87.7228317, less)
    return y


@triton.jit
def EXP(x):
    """e^x = (e^(x/2))², which reaches infinity and 0."""
    half = _bounded(x * 0.5, False)
    return half * half


@triton.jit
def EXPM1(x):
    """e^x − 1."""
    if x.dtype == tl.float64:
        y = tl.where(x > 708.78271289338397, EXP(x), _bounded(x, True))
    else:
        y = tl.where(x > 87.7228317, EXP(x), _bounded(x, True))
    return y


@triton.jit
def SIGMOID(x):
    """1 / (1 + e^−x)."""
    return 1.0 / (1.0 + _bounded(-x, False))


@triton.jit
def TANH(x):
    """(e^2x − 1) / (e^2x + 1), which is 1 to rounding from 20 on."""
    e = _exp_clamped(2.0 * x, -40.0, 40.0, True)
    return e / (e + 2.0)


@triton.jit
def LOG(x):
    """Natural logarithm."""
    return tl.log(x.to(tl.float64)).to(x.dtype)


@triton.jit
def LOG1P(x):
    """log(1 + x), with the rounding of 1 + x made good."""
    wide = x.to(tl.float64)
    u = 1.0 + wide
    y = tl.where((u == 1.0) | (u == float("inf")), wide, tl.log(u) * wide / (u - 1.0))
    return y.to(x.dtype)


@triton.jit
def SOFTPLUS(x):
    """log(1 + e^x)."""
    return MAX(x, tl.zeros_like(x)) + LOG1P(EXP(-tl.abs(x)))


@triton.jit
def SQRT(x):
    """Square root."""
    if x.dtype == tl.float64:
        y = tl.sqrt(x)
    else:
        y = tl.sqrt_rn(x)
    return y


@triton.jit
def SIN(x):
    """Sine."""
    return tl.sin(x.to(tl.float64)).to(x.dtype)


@triton.jit
def COS(x):
    """Cosine."""
    return tl.cos(x.to(tl.float64)).to(x.dtype)


@triton.jit
def ERF(x):
    """The error function."""
    return tl.erf(x)


@triton.jit
def ABS(x):
    """|x|."""
    return tl.abs(x)


@triton.jit
def SIGN(x):
    """−1, 0 or 1; NaN stays NaN."""
    return tl.where(x != x, x, GT(x, tl.zeros_like(x)) - LT(x, tl.zeros_like(x)))


@triton.jit
def POW(x, n):
    """|x|^n = e^(n log|x|) in double, negative for negative x and odd n; NaN where n is not whole."""
    a, m = x.to(tl.float64), n.to(tl.float64)
    size = tl.exp(m * tl.log(tl.abs(a)))
    odd = tl.floor(m * 0.5) * 2.0 != m
    signed = tl.where(odd, -size, size)
    y = tl.where(a < 0, tl.where(tl.floor(m) == m, signed, float("nan")), size)
    return y.to(x.dtype)


@triton.jit
def FLOOR(x):
    """The whole number below."""
    return tl.floor(x)


@triton.jit
def TO_EVEN(x):
    """The nearest whole number, of two the even one."""
    low = tl.floor(x)
    over, odd = x - low, low - 2 * tl.floor(low * 0.5)
    return tl.where((over > 0.5) | ((over == 0.5) & (odd != 0)), low + 1, low)


@triton.jit
def MAX(a, b):
    """The larger; NaN if a is."""
    return tl.where((a > b) | (a != a), a, b)


@triton.jit
def MIN(a, b):
    """The smaller; NaN if a is."""
    return tl.where((a < b) | (a != a), a, b)


@triton.jit
def WHERE(c, a, b):
    """A where c is not 0, else b."""
    return tl.where(c != 0, a, b)


@triton.jit
def GT(a, b):
    """1 where a > b, else 0; the others likewise."""
    return (a > b).to(a.dtype)


@triton.jit
def GE(a, b):
    return (a >= b).to(a.dtype)


@triton.jit
def LT(a, b):
    return (a < b).to(a.dtype)


@triton.jit
def LE(a, b):
    return (a <= b).to(a.dtype)


@triton.jit
def EQ(a, b):
    return (a == b).to(a.dtype)


@triton.jit
def NE(a, b):
    return (a != b).to(a.dtype)
