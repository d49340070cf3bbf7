"""int8 ... int2, int8-asym ... int2-asym, and w2s, which is asymmetric with five levels."""

import re

import numpy as np

from .arrays import F32, by_group, half, inverse, whole


def symmetric(bits):
    top = 2 ** (bits - 1)

    def rounder(part, shrink):
        first = np.argmax(np.abs(part), axis=-1)
        extreme = np.take_along_axis(part, first[..., None], -1)
        scale = half(-(extreme * shrink).astype(F32) / F32(top))
        codes = np.clip(np.rint(part * inverse(scale)), -top, top - 1)
        return scale * codes.astype(F32)

    return rounder


def asymmetric(top):
    def rounder(part, shrink):
        low = (np.minimum(part.min(-1, keepdims=True), 0) * shrink).astype(F32)
        high = (np.maximum(part.max(-1, keepdims=True), 0) * shrink).astype(F32)
        scale = half((high - low) / F32(top))
        zero = np.clip(np.rint(-low * inverse(scale)), 0, top)
        codes = np.clip(np.rint(part * inverse(scale)) + zero, 0, top)
        return scale * (codes - zero).astype(F32)

    return rounder


def find(name):
    if name == "w2s":
        rounder = asymmetric(4)
    elif match := re.fullmatch(r"int([2-8])(-asym)?", name):
        bits = int(match[1])
        rounder = asymmetric(2**bits - 1) if match[2] else symmetric(bits)
    else:
        return None
    return lambda weights, kept, size, method: by_group(weights, kept, size, whole(rounder, method))
