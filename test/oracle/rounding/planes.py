"""Sums of planes: bcq2 ... bcq4 (signs with whole numbers that are sums of powers of two) and fdb (two planes of 0 and 1)."""

import re

import numpy as np

from .arrays import F32, F64, by_group, half, largest, shrunk, whole

ROUNDS = 15
TERMS = 3
TOP = 127


def powers(scale):
    """The whole number that is a sum of at most three powers of two with signs, each nearest in its logarithm to what is left."""
    total = np.zeros_like(scale)
    for _ in range(TERMS):
        left = scale - total
        size = np.abs(left)
        power = np.exp2(np.rint(np.log2(np.where(size > 0, size, 1))))
        total = total + np.where((size > 0) & (power >= 1), np.sign(left) * power, 0)
    return total


def whole_numbers(scales):
    """Times the least power of two with which they add up to no more than 127, and to less than 128 before they are rounded."""
    out = np.zeros_like(scales)
    _, exponent = np.frexp(scales.sum(-1, keepdims=True))
    fits = scales.sum(-1, keepdims=True) == 0
    for power in (exponent - 7, exponent - 6, exponent - 5):
        tried = powers(np.ldexp(scales, -power))
        good = ~fits & (tried.sum(-1, keepdims=True) <= TOP)
        out = np.where(good, np.ldexp(tried, power), out)
        fits |= good
    return out


def greedy(values, count):
    left, scales = np.abs(values), []
    for _ in range(count):
        scales.append(left.mean(-1, keepdims=True))
        left = np.abs(left - scales[-1])
    return np.concatenate(scales, -1)


def nearest_signs(values, scales, patterns):
    """[n][group][count]; halfway away from 0."""
    sums = scales @ patterns.T
    order = np.argsort(sums, -1)
    sums = np.take_along_axis(sums, order, -1)
    upper = np.maximum(sums[:, len(patterns) // 2 :], 0)
    middles = (upper[:, 1:] + upper[:, :-1]) / 2
    at = (np.abs(values)[:, :, None] >= middles[:, None, :]).sum(-1)
    at = np.where(values < 0, len(patterns) // 2 - 1 - at, len(patterns) // 2 + at)
    return patterns[np.take_along_axis(order, at, -1)]


def coded(count):
    patterns = np.array([[1.0 if index >> plane & 1 else -1.0 for plane in range(count)] for index in range(2**count)])

    def rule(part, _kept):
        values = part.astype(F64)
        scales = best = greedy(values, count)
        least = np.full(len(values), np.inf)
        going = np.ones(len(values), bool)
        for _ in range(ROUNDS + 1):
            signs = nearest_signs(values, scales, patterns)
            error = ((values - (signs @ scales[..., None])[..., 0]) ** 2).sum(-1)
            going &= error < least
            best = np.where(going[:, None], scales, best)
            least = np.where(going, error, least)
            gram = signs.transpose(0, 2, 1) @ signs
            going &= np.abs(np.linalg.det(gram)) > 1e-6
            gram = np.where(going[:, None, None], gram, np.eye(count))
            right = signs.transpose(0, 2, 1) @ values[..., None]
            scales = np.sort(np.abs(np.linalg.solve(gram, right)[..., 0]), -1)[:, ::-1]
        best = whole_numbers(best)
        return (nearest_signs(values, best, patterns) @ best[..., None])[..., 0].astype(F32)

    return rule


def dual(sign):
    """{-s, 0, s, 2s}, or its mirror image; the largest magnitude is 2s."""

    def rounder(part, shrink):
        step = half(largest(part) * shrink / F32(2))
        mirrored = part * sign
        first = mirrored >= step / 2
        second = -(mirrored - np.where(first, 2 * step, 0) + step / 2) >= 0
        return (sign * (np.where(first, 2 * step, 0) - np.where(second, step, 0))).astype(F32)

    return rounder


def better_sign(part, kept):
    tried = [shrunk(dual(sign))(part, kept) for sign in (1, -1)]
    errors = [((part.astype(F64) - each) ** 2).sum(-1, keepdims=True) for each in tried]
    return np.where(errors[1] < errors[0], tried[1], tried[0])


def find(name):
    if match := re.fullmatch(r"bcq([2-4])", name):
        rule = coded(int(match[1]))
        return lambda weights, kept, size, _clip: by_group(weights, kept, size, rule)
    if name == "fdb":
        return lambda weights, kept, size, clip: by_group(
            weights, kept, size, better_sign if clip else whole(dual(1), False)
        )
    return None
