"""bitmod4 and bitmod3: in each group the code of -0 means one of four special levels."""

import numpy as np

from .arrays import F32, by_group, half, inverse, largest, nearest, squared_error

# The levels, and the special ones in the order in which they are tried.
TYPES = {
    "bitmod3": ([-4, -2, -1, 0, 1, 2, 4], [3, -3, 6, -6]),
    "bitmod4": ([-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12], [10, -10, 16, -16]),
}
TOP = 127


def best_type(part, kept, basic, specials):
    """The index of the special level with the least squared error in each group, and its scale before rounding."""
    chosen, scales, least = None, None, None
    for index, special in enumerate(specials):
        levels = sorted([*basic, special])
        scale = largest(part) / F32(max(abs(level) for level in levels))
        error = squared_error(part, scale * nearest(levels, part * inverse(scale)), kept)
        if least is None:
            chosen, scales, least = np.zeros(scale.shape, int), scale, error
        better = error < least
        chosen = np.where(better, index, chosen)
        scales = np.where(better, scale, scales)
        least = np.minimum(error, least)
    return chosen, scales


def find(name):
    if name not in TYPES:
        return None
    basic, specials = TYPES[name]

    def round_all(weights, kept, size, _method):
        picks = []

        def look(part, kept_here):
            picks.append(best_type(part, kept_here, basic, specials))
            return part

        by_group(weights, kept, size, look)
        scales = np.concatenate([scale for _, scale in picks], -1)
        unit = half(largest(scales) / F32(TOP))
        factors = np.clip(np.rint(scales * inverse(unit)), 1, TOP).astype(F32)
        each = iter(range(len(picks)))

        def rule(part, _kept):
            group = next(each)
            scale = unit * factors[:, group, None]
            out = np.zeros_like(part)
            for index, special in enumerate(specials):
                tried = nearest(sorted([*basic, special]), part * inverse(scale))
                out = np.where(picks[group][0] == index, tried, out)
            return scale * out

        return by_group(weights, kept, size, rule)

    return round_all
