"""The values that a setting leaves of a matrix, written from the wording of settings alone: a module for each family of formats.

A family's `find(name)` gives None, or a function of (weights [rows][cols] f32, which of them 2:4 keeps, inputs of a group or None,
the method behind @ or None) that returns the values.
"""

import re

import numpy as np

from . import bitmod, books, files, grains, integers, microscale, palettes, partial, planes, signs
from .arrays import F32, half
from .sparse import keep_two_of_four, without_smallest

FAMILIES = (integers, books, microscale, bitmod, signs, planes, partial, palettes, grains, files)


def plain(name):
    """f32 and f16."""
    if name == "f32":
        return lambda weights, *_: weights
    return (lambda weights, *_: half(weights)) if name == "f16" else None


def rounded(weights, setting):
    """A matrix [rows][cols] as the format `setting` gives it back."""
    match = re.fullmatch(r"([^+@]+?)(?:-g(\d+)|-(row))?(?:\+(2:4)|\+(\d+)%)?(?:@(\w+))?", setting)
    if not match:
        raise SystemExit(f'"{setting}" is not a setting that this program reads')
    name, group, row, sparse, percent, method = match.groups()
    if row and name.startswith("pal"):  # a format of its own
        name = f"{name}-row"
    found = plain(name) or next((each for family in FAMILIES if (each := family.find(name))), None)
    if not found:
        raise SystemExit(f'"{name}" is not a format that this program knows')
    cols = weights.shape[1]
    size = cols if row else min(int(group), cols) if group else None
    if percent:
        weights = without_smallest(weights, int(percent))
    kept = keep_two_of_four(weights) if sparse else np.ones(weights.shape, bool)
    return np.where(kept, found(weights, kept, size, method), F32(0))


def head_of(setting):
    """The format of the embedding and output table."""
    name = re.match(r"[^+@]+", setting)[0]
    return name if name in ("f32", "f16") else "int8-g32"
