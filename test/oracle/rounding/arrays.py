"""What every family needs: single precision, scales as they are stored, groups along a row."""

import numpy as np

F32 = np.float32
F64 = np.float64


def half(value):
    """To the precision that a scale is stored in."""
    with np.errstate(over="ignore"):
        return np.asarray(value, F32).astype(np.float16).astype(F32)


def inverse(scale):
    return np.divide(F32(1), scale, out=np.zeros_like(scale), where=scale != 0)


def largest(part):
    return np.abs(part).max(-1, keepdims=True)


def mean(values, counted):
    """Of what is counted along the last axis, kept as an axis; 0 where nothing is."""
    total = np.where(counted, values, F32(0)).sum(-1, keepdims=True, dtype=F64)
    return (total / np.maximum(counted.sum(-1, keepdims=True), 1)).astype(F32)


def squared_error(part, values, kept):
    """A float64 for each group, of what is kept."""
    return np.where(kept, (part.astype(F64) - values) ** 2, 0).sum(-1, keepdims=True)


def nearest(levels, wanted):
    """Of ascending levels the one nearest to each number; halfway the lower."""
    levels = np.asarray(levels, F32)
    middles = ((levels[1:].astype(F64) + levels[:-1]) / 2).astype(F32)
    return levels[np.searchsorted(middles, wanted, side="left")]


def by_group(weights, kept, size, rule):
    """`rule(part, kept)` gives the values of [rows][group]; a row that the size does not divide ends in a short group.

    What 2:4 dropped is no part of a group; it comes as a zero that `kept` does not count, and leaves as one.
    """
    out = np.zeros_like(weights)
    for start in range(0, weights.shape[1], size):
        here = np.s_[:, start : start + size]
        part = np.where(kept[here], weights[here], F32(0))
        out[here] = np.where(kept[here], rule(part, kept[here]), F32(0))
    return out


def shrunk(rounder, every=1):
    """`@clip` for `rounder(part, shrink)`: of 80 shrunk ranges the one with the least squared error, the first on ties."""

    def rule(part, kept):
        best, least = None, None
        for i in range(0, 80, every):
            tried = rounder(part, F32(1 - i / 100))
            error = squared_error(part, tried, kept)
            if least is None:
                best, least = tried, error
            best = np.where(error < least, tried, best)
            least = np.minimum(error, least)
        return best

    return rule


def whole(rounder, method):
    """A rule for by_group from `rounder(part, shrink)`."""
    return shrunk(rounder) if method == "clip" else lambda part, kept: rounder(part, F32(1))
