"""Sums of planes: bcq2 ... bcq4 (signs with whole numbers that are sums of powers of two) and fdb (two planes of 0 and 1)."""

import re

import numpy as np

from .arrays import F32, F64, by_group, half, largest, shrunk, squared_error, whole

ROUNDS = 15
COARSE = 4  # of the 80 steps of fdb every fourth is tried before @fit begins
FIT_ROUNDS = 15
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


def two_scales(part, first, second):
    """The values of two planes of 0 and 1 whose scales have opposite signs, the first the larger one; and the planes."""
    sign = np.where(first < 0, F32(-1), F32(1))
    mirrored, first, second = part * sign, first * sign, second * sign
    one = mirrored >= (first + second) / 2
    two = -(mirrored - np.where(one, first, 0) - second / 2) >= 0
    values = np.where(one, first, 0) + np.where(two, second, 0)
    return (sign * values).astype(F32), one, two


def dual(sign):
    """{-s, 0, s, 2s}, or its mirror image; the largest magnitude is 2s."""

    def rounder(part, shrink):
        step = half(largest(part) * shrink / F32(2)) * F32(sign)
        return two_scales(part, 2 * step, -step)[0]

    return rounder


def better_sign(part, kept, every=1):
    tried = [shrunk(dual(sign), every)(part, kept) for sign in (1, -1)]
    errors = [squared_error(part, each, kept) for each in tried]
    return np.where(errors[1] < errors[0], tried[1], tried[0])


def fitted(part, kept):
    """From the best of every fourth step on: both scales by least squares for the nearest levels, in turns."""
    begin = better_sign(part, kept, every=COARSE)
    values = part.astype(F64)
    # The scales that the levels of `begin` belong to are looked up among those that were tried.
    first = np.zeros((len(part), 1))
    found = np.zeros((len(part), 1), bool)
    for i in range(0, 80, COARSE):
        for sign in (1, -1):
            step = half(largest(part) * F32(1 - i / 100) / F32(2)) * F32(sign)
            same = (two_scales(part, 2 * step, -step)[0] == begin).all(-1, keepdims=True) & ~found
            first = np.where(same, 2.0 * step, first)
            found |= same
    second = -first / 2
    best = np.concatenate([first, second], -1)
    least = np.full((len(part), 1), np.inf)
    going = np.ones((len(part), 1), bool)
    for _ in range(FIT_ROUNDS + 1):
        with np.errstate(invalid="ignore", divide="ignore"):
            _, one, two = two_scales(values, first, second)
            error = ((values - one * first - two * second) ** 2).sum(-1, keepdims=True)
            going &= error < least
            best = np.where(going, np.concatenate([first, second], -1), best)
            least = np.where(going, error, least)
            n1, n2, both = (each.sum(-1, keepdims=True) for each in (one, two, one & two))
            sum1, sum2 = ((values * each).sum(-1, keepdims=True) for each in (one, two))
            determinant = n1 * n2 - both * both
            going &= determinant != 0
            first = np.where(going, (sum1 * n2 - sum2 * both) / determinant, first)
            second = np.where(going, (sum2 * n1 - sum1 * both) / determinant, second)
            going &= (first * second < 0) & (np.abs(first) > np.abs(second))
    return two_scales(part, half(best[:, :1]), half(best[:, 1:]))[0]


DUAL = {None: whole(dual(1), None), "clip": better_sign, "fit": fitted}


def find(name):
    if match := re.fullmatch(r"bcq([2-4])", name):
        rule = coded(int(match[1]))
        return lambda weights, kept, size, _method: by_group(weights, kept, size, rule)
    if name == "fdb":
        return lambda weights, kept, size, method: by_group(weights, kept, size, DUAL[method])
    return None
