"""2:4: of every aligned four the two of largest magnitude stay, the lower index on ties."""

import numpy as np

from .arrays import F32


def keep_two_of_four(weights):
    """Which elements stay."""
    rows, cols = weights.shape
    padded = np.zeros((rows, -(-cols // 4) * 4), F32)
    padded[:, :cols] = weights
    fours = padded.reshape(rows, -1, 4)
    order = np.argsort(-np.abs(fours), axis=-1, kind="stable")
    kept = np.zeros(fours.shape, bool)
    np.put_along_axis(kept, order[..., :2], True, -1)
    return kept.reshape(rows, -1)[:, :cols]
