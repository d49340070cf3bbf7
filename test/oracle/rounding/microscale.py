"""mxfp4 and nvfp4: floats e2m1 with a power of two for 32 inputs, or with a float e4m3 for 16 and one f32 for the matrix."""

import numpy as np

from .arrays import F32, by_group, inverse, largest
from .books import E2M1

E4M3_MAX = 448


def to_float(value, mantissa, least, top):
    """Magnitudes to a small float, ties to even, beyond the top to the top; `least` is the exponent of subnormals."""
    size = np.abs(value)
    _, exponent = np.frexp(np.where(size > 0, size, F32(1)))
    step = np.ldexp(F32(1), np.maximum(exponent - 1, least) - mantissa)
    return np.copysign(np.minimum(np.rint(size / step) * step, F32(top)), value).astype(F32)


def e2m1(value):
    return to_float(value, mantissa=1, least=0, top=E2M1[-1])


def e4m3(value):
    return to_float(value, mantissa=3, least=-6, top=E4M3_MAX)


def mxfp4(part, _kept):
    size = largest(part)
    _, exponent = np.frexp(size)
    # The largest magnitude's own power, less that of e2m1's largest number.
    power = np.clip(exponent - 1 - 2, -127, 127)
    scale = np.ldexp(F32(1), power)
    return np.where(size > 0, e2m1(part / scale) * scale, F32(0))


def nvfp4(weights, kept, _size, _method):
    whole = F32(np.abs(np.where(kept, weights, F32(0))).max() / F32(E2M1[-1] * E4M3_MAX))

    def rule(part, _kept):
        scale = e4m3(largest(part) / F32(E2M1[-1]) * inverse(np.asarray(whole))) * whole
        return e2m1(part * inverse(scale)) * scale

    return by_group(weights, kept, 16, rule)


def find(name):
    if name == "mxfp4":
        return lambda weights, kept, _size, _method: by_group(weights, kept, 32, mxfp4)
    return nvfp4 if name == "nvfp4" else None
