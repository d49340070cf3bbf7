"""What stays of a matrix: 2:4, and +50% or any other share of its smallest weights gone."""

import numpy as np

from .arrays import F32


def keep_two_of_four(weights):
    """Which elements stay: of every aligned four the two of largest magnitude, the lower index on ties."""
    rows, cols = weights.shape
    padded = np.zeros((rows, -(-cols // 4) * 4), F32)
    padded[:, :cols] = weights
    fours = padded.reshape(rows, -1, 4)
    order = np.argsort(-np.abs(fours), axis=-1, kind="stable")
    kept = np.zeros(fours.shape, bool)
    np.put_along_axis(kept, order[..., :2], True, -1)
    return kept.reshape(rows, -1)[:, :cols]


def without_smallest(weights, percent):
    """Zero up to the magnitude that stands at percent / 100 of all when they are sorted, which goes as well."""
    sizes = np.sort(np.abs(weights), axis=None)
    return np.where(np.abs(weights) <= sizes[percent * weights.size // 100], F32(0), weights)
