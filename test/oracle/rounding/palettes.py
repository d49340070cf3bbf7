"""pal16, pal8, pal4 (k-means levels for a matrix, or with -row for a row) and nested8 ... nested2 (the upper bits of int8's codes)."""

import re

import numpy as np

from .arrays import F32, F64, by_group, half, inverse, nearest


ROUNDS = 400


def first_levels(values, counts, levels):
    """Quantiles of the cube root of the density: between neighbours it adds up to the cube root of count times gap squared."""
    between = np.cbrt((counts[1:] + counts[:-1]) / 2 * np.diff(values) ** 2)
    reached = np.concatenate([[0], np.cumsum(between)])
    wanted = (np.arange(levels) + 0.5) / levels * reached[-1]
    return values[np.minimum(np.searchsorted(reached, wanted, side="right"), len(values) - 1)]


def with_filled(values, counts, edges, centres):
    """The last empty cluster gets what lies above the mean of the one with the largest squared error."""
    parts = [slice(*pair) for pair in zip(edges[:-1], edges[1:], strict=True)]
    errors = [((values[part] - centre) ** 2 * counts[part]).sum() for part, centre in zip(parts, centres, strict=True)]
    empty = np.flatnonzero(np.diff(edges) == 0)
    worst = int(np.argmax(np.where(np.diff(edges) > 1, errors, 0)))
    if len(empty) == 0 or errors[worst] <= 0:
        return centres
    inside, weights = values[parts[worst]], counts[parts[worst]]
    upper = inside > centres[worst]
    centres = centres.copy()
    centres[empty[-1]] = np.average(inside[upper], weights=weights[upper])
    centres[worst] = np.average(inside[~upper], weights=weights[~upper])
    return np.sort(centres)


def lloyd(values, counts, levels):
    """Levels for ascending values that occur so often, until nothing moves."""
    total = np.concatenate([[0], np.cumsum(counts)])
    sums = np.concatenate([[0], np.cumsum(values * counts)])
    centres = first_levels(values, counts, levels)
    before = None
    for _ in range(ROUNDS):
        ends = np.searchsorted(values, (centres[1:] + centres[:-1]) / 2, side="right")
        if before is not None and np.array_equal(ends, before):
            break
        before = ends
        edges = np.concatenate([[0], ends, [len(values)]])
        members = np.diff(total[edges])
        means = np.where(members > 0, np.diff(sums[edges]) / np.maximum(members, 1), centres)
        centres = with_filled(values, counts, edges, means)
    return centres


def palette(levels, by_row):
    def of(values):
        # A row's values are taken one by one, a matrix's by how often their f16 occurs.
        distinct, counts = (np.sort(values), np.ones(len(values))) if by_row else np.unique(half(values), return_counts=True)
        return nearest(np.sort(half(lloyd(distinct.astype(F64), counts, levels))), values)

    def round_all(weights, _kept, _size, _method):
        return np.stack([of(row) for row in weights]) if by_row else of(weights)

    return round_all


def nested(bits):
    dropped = 8 - bits

    def rule(part, _kept):
        first = np.argmax(np.abs(part), axis=-1)
        extreme = np.take_along_axis(part, first[..., None], -1)
        scale = half(-extreme / F32(128))
        codes = np.clip(np.rint(part * inverse(scale)), -128, 127).astype(int) + 128
        middle = (2**dropped - 1) / 2
        return scale * ((codes >> dropped << dropped) + middle - 128).astype(F32)

    return rule


def find(name):
    if match := re.fullmatch(r"pal(16|8|4)(-row)?", name):
        return palette(int(match[1]), bool(match[2]))
    if match := re.fullmatch(r"nested([2-8])", name):
        rule = nested(int(match[1]))
        return lambda weights, kept, size, _method: by_group(weights, kept, size, rule)
    return None
