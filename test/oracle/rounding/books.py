"""Tables of sixteen levels: nf4, fp4, fp4-bnb, and the first two with scales in 8 bits (-dq)."""

import numpy as np

from .arrays import F32, F64, by_group, half, inverse, largest, nearest, whole

NF4 = """-1.0 -0.6961928009986877 -0.5250730514526367 -0.39491748809814453 -0.28444138169288635 -0.18477343022823334
-0.09105003625154495 0.0 0.07958029955625534 0.16093020141124725 0.24611230194568634 0.33791524171829224
0.44070982933044434 0.5626170039176941 0.7229568362236023 1.0"""
E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
BITSANDBYTES = [0, 0.0625, 2, 3, 4, 6, 8, 12]


def mirrored(levels, top):
    half_of_it = np.array(levels, F64) / top
    return np.concatenate([-half_of_it[:0:-1], half_of_it]).astype(F32)


BOOKS = {
    "nf4": np.array(NF4.split(), F32),
    "fp4": mirrored(E2M1, 6),
    "fp4-bnb": mirrored(BITSANDBYTES, 12),
}
SCALES_A_BLOCK = 256


def with_half_scales(levels):
    def rounder(part, shrink):
        scale = half(largest(part) * shrink)
        return scale * nearest(levels, part * inverse(scale))

    return rounder


def squeezed(magnitudes):
    """Scales [rows][groups] after their second quantisation: blocks of 256 in the order of rows, int8 about the mean."""
    flat = magnitudes.reshape(-1)
    middle = F32(flat.mean(dtype=F64))
    out = np.empty_like(flat)
    for start in range(0, len(flat), SCALES_A_BLOCK):
        away = flat[start : start + SCALES_A_BLOCK] - middle
        step = np.abs(away).max() / F32(127)
        codes = np.clip(np.rint(away * inverse(np.asarray(step))), -127, 127).astype(F32)
        out[start : start + SCALES_A_BLOCK] = codes * step + middle
    return out.reshape(magnitudes.shape)


def double(levels):
    def round_all(weights, kept, size, _method):
        present = np.where(kept, weights, F32(0))
        starts = range(0, weights.shape[1], size)
        scales = squeezed(np.concatenate([largest(present[:, at : at + size]) for at in starts], -1))
        each = iter(range(scales.shape[1]))

        def rule(part, _kept):
            scale = scales[:, next(each)][:, None]
            return scale * nearest(levels, part * inverse(scale))

        return by_group(weights, kept, size, rule)

    return round_all


def find(name):
    if name in BOOKS:
        rounder = with_half_scales(BOOKS[name])
        return lambda weights, kept, size, method: by_group(weights, kept, size, whole(rounder, method))
    if name.endswith("-dq") and name[:-3] in BOOKS:
        return double(BOOKS[name[:-3]])
    return None
