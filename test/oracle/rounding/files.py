"""GGUF's block types. `gguf` quantises the simple ones itself; of the others it decodes the bytes that the project chose."""

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import dequantize, quantize

import project

from .arrays import F32

OWN = {"q4_0": Type.Q4_0, "q4_1": Type.Q4_1, "q5_0": Type.Q5_0, "q5_1": Type.Q5_1, "q8_0": Type.Q8_0}
DECODED = {
    "q2_k": Type.Q2_K,
    "q3_k": Type.Q3_K,
    "q4_k": Type.Q4_K,
    "q5_k": Type.Q5_K,
    "q6_k": Type.Q6_K,
    "iq4_nl": Type.IQ4_NL,
}


def bytes_of(name, weights):
    """The blocks of a matrix [rows][bytes] as the project chose them."""
    rows, cols = weights.shape
    written = project.codes(name, weights)
    if name != "iq4_nl":
        return written.reshape(rows, -1)
    # Codes and f16 scales apart; in a file a scale stands before its sixteen bytes, the first half of the codes in their low nibbles.
    codes = written[: rows * cols].reshape(rows, -1, 2, 16)
    scales = written[rows * cols :].reshape(rows, -1, 2)
    nibbles = codes[:, :, 0] | codes[:, :, 1] << 4
    return np.concatenate([scales, nibbles], -1).reshape(rows, -1)


def decoded(name, weights):
    return dequantize(bytes_of(name, weights), DECODED[name]).astype(F32)


def find(name):
    if name in OWN:
        kind = OWN[name]
        return lambda weights, *_: dequantize(quantize(weights, kind), kind).astype(F32)
    return (lambda weights, *_: decoded(name, weights)) if name in DECODED else None
