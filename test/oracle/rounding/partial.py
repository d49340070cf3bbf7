"""pb, pb5, pb20: some weights in 8 bits, of the others the sign."""

import re

import numpy as np

from .arrays import F32, by_group, half, inverse, largest, mean

BLOCK = 160
TOP = 127


def salient(weights, share):
    """The largest of every 160 inputs of a row, the first of equals."""
    out = np.zeros(weights.shape, bool)
    for start in range(0, weights.shape[1], BLOCK):
        part = np.abs(weights[:, start : start + BLOCK])
        count = int(np.rint(part.shape[1] * share))
        order = np.argsort(-part, axis=-1, kind="stable")[:, :count]
        np.put_along_axis(out[:, start : start + BLOCK], order, True, -1)
    return out


def find(name):
    match = re.fullmatch(r"pb(5|20|)", name)
    if not match:
        return None
    share = int(match[1] or 10) / 100

    def round_all(weights, kept, size, _method):
        chosen = salient(weights, share)
        scale = half(largest(weights) / F32(TOP))
        bytes_ = scale * np.clip(np.rint(weights * inverse(scale)), -TOP, TOP).astype(F32)

        def rule(part, counted):
            middle = half(mean(np.abs(part), counted))
            return np.where(part < 0, -middle, middle)

        signs = by_group(weights, ~chosen, size, rule)
        return np.where(chosen, bytes_, signs)

    return round_all
