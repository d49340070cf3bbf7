"""bin, bipolar1 ... bipolar4 and ternary, the last with a scale for the matrix or for each group."""

import re

import numpy as np

from .arrays import F32, F64, by_group, half, inverse, largest, mean


def binary(part, kept):
    scale = half(mean(np.abs(part), kept))
    return np.where(part < 0, -scale, scale)


def bipolar(bits):
    top = 2**bits - 1

    def rule(part, _kept):
        scale = half(largest(part) / F32(top))
        codes = np.clip(np.rint((part * inverse(scale) + F32(top)) / F32(2)), 0, top)
        return scale * (2 * codes - top).astype(F32)

    return rule


def ternary_groups(part, kept):
    size = np.abs(part)
    stays = (size > F32(0.7) * mean(size, kept)) & kept
    return np.sign(part) * np.where(stays, half(mean(size, stays)), F32(0))


def ternary_matrix(weights, kept, _size, _method):
    size = np.abs(weights)
    gamma = F32(size[kept].mean(dtype=F64))
    levels = np.rint(np.clip(weights * inverse(np.asarray(gamma)), -1, 1)).astype(F32)
    return np.where(kept, gamma * levels, F32(0))


def find(name):
    if match := re.fullmatch(r"bipolar([1-4])", name):
        rule = bipolar(int(match[1]))
    elif name == "bin":
        rule = binary
    elif name == "ternary":
        return lambda weights, kept, size, method: (
            ternary_matrix(weights, kept, size, method)
            if size is None
            else by_group(weights, kept, size, ternary_groups)
        )
    else:
        return None
    return lambda weights, kept, size, _method: by_group(weights, kept, size, rule)
