"""Checks `bitdial eval` against an independent program.

The weights are rounded here with NumPy, from the wording of a setting alone; the model is run by transformers in float32 with torch.
NLL must agree within 0.05 %, mean KL within 1 %.

    pip install torch transformers numpy safetensors
    python test/oracle/quality.py --model public/models/stories --text test/fixtures/stories/eval.txt [--settings f32,int4-g32]

Exits with 1 when a setting disagrees.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

SETTINGS = (
    "f32,f16,int8-g32,int4-g32,int4-asym-g32,int4-row,int3-g32,int2-g32,int4-g32@clip,int4-g32+2:4,f32+2:4"
)
NLL_TOLERANCE = 0.0005
KL_TOLERANCE = 0.01
KL_FLOOR = 1e-6  # nats; a smaller KL is rounding
F32 = np.float32
MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def half(value):
    """To the precision a scale is stored in."""
    return value.astype(np.float16).astype(F32)


def inverse(scale):
    return np.divide(F32(1), scale, out=np.zeros_like(scale), where=scale != 0)


def symmetric(groups, bits, shrink):
    top = 2 ** (bits - 1)
    first = np.argmax(np.abs(groups), axis=-1)
    extreme = np.take_along_axis(groups, first[..., None], -1)
    scale = half(-(extreme * shrink).astype(F32) / F32(top))
    codes = np.clip(np.rint(groups * inverse(scale)), -top, top - 1)
    return scale * codes.astype(F32)


def asymmetric(groups, bits, shrink):
    top = 2**bits - 1
    low = (np.minimum(groups.min(-1, keepdims=True), 0) * shrink).astype(F32)
    high = (np.maximum(groups.max(-1, keepdims=True), 0) * shrink).astype(F32)
    scale = half((high - low) / F32(top))
    zero = np.clip(np.rint(-low * inverse(scale)), 0, top)
    codes = np.clip(np.rint(groups * inverse(scale)) + zero, 0, top)
    return scale * (codes - zero).astype(F32)


def clipped(rounder, groups, bits):
    """The shrunk range with the least squared error, the first on ties."""
    best = rounder(groups, bits, F32(1))
    least = ((groups.astype(np.float64) - best) ** 2).sum(-1, keepdims=True)
    for i in range(1, 80):
        tried = rounder(groups, bits, F32(1 - i / 100))
        error = ((groups.astype(np.float64) - tried) ** 2).sum(-1, keepdims=True)
        best = np.where(error < least, tried, best)
        least = np.minimum(error, least)
    return best


def keep_two_of_four(weights):
    """Zero where 2:4 drops, and which elements stay."""
    rows, cols = weights.shape
    padded = np.zeros((rows, -(-cols // 4) * 4), F32)
    padded[:, :cols] = weights
    fours = padded.reshape(rows, -1, 4)
    order = np.argsort(-np.abs(fours), axis=-1, kind="stable")
    kept = np.zeros(fours.shape, bool)
    np.put_along_axis(kept, order[..., :2], True, -1)
    return kept.reshape(rows, -1)[:, :cols]


def rounded(weights, name):
    """A matrix [rows][cols] as the format `name` gives it back."""
    match = re.fullmatch(r"(f32|f16|int(\d)(-asym)?-(g\d+|row))(\+2:4)?(@clip)?", name)
    if not match:
        sys.exit(f'"{name}" is not a format that this program knows')
    base, bits, asym, group, sparse, clip = match.groups()
    rows, cols = weights.shape
    kept = keep_two_of_four(weights) if sparse else np.ones(weights.shape, bool)
    if bits is None:
        values = half(weights) if base == "f16" else weights
        return np.where(kept, values, F32(0))
    rounder = asymmetric if asym else symmetric
    size = cols if group == "row" else min(int(group[1:]), cols)
    out = np.zeros_like(weights)
    for start in range(0, cols, size):
        # What is dropped is no part of a group: it must not touch its range, and a zero touches neither rule's.
        part = np.where(kept, weights, F32(0))[:, start : start + size]
        values = clipped(rounder, part, int(bits)) if clip else rounder(part, int(bits), F32(1))
        out[:, start : start + size] = np.where(kept[:, start : start + size], values, F32(0))
    return out


def load(model, setting):
    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    head = {"f32": "f32", "f16": "f16"}.get(setting.split("+")[0].split("@")[0], "int8-g32")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            is_head = name.endswith(("embed_tokens.weight", "lm_head.weight"))
            if is_head or any(f".{matrix}." in name for matrix in MATRICES):
                values = rounded(parameter.numpy().astype(F32), head if is_head else setting)
                parameter.copy_(torch.from_numpy(values))
    return network


def log_probabilities(network, ids, window, stride):
    """[targets][vocab] in float64, by the protocol: windows start at 0, stride, ...; each scores what none before did."""
    rows = []
    scored = 1
    start = 0
    while scored < len(ids):
        end = min(start + window, len(ids))
        with torch.no_grad():
            logits = network(torch.tensor([ids[start:end]])).logits[0].double()
        rows.append(torch.log_softmax(logits, -1)[scored - start - 1 : end - start - 1])
        scored = end
        start += stride
    return torch.cat(rows).numpy()


def figures(reference, candidate, targets):
    at = np.arange(len(targets))
    kl = (np.exp(reference) * (reference - candidate)).sum(-1)
    back = (np.exp(candidate) * (candidate - reference)).sum(-1)
    return {
        "nll": -candidate[at, targets].mean(),
        "kl": kl.mean(),
        "p95": np.percentile(kl, 95),
        "reverseKl": back.mean(),
        "top1": (reference.argmax(-1) == candidate.argmax(-1)).mean(),
    }


def measured(args, setting):
    command = ["node", "bin/bitdial.mjs", "eval", "--model", args.model, "--text", args.text, "--setting", setting]
    command += ["--window", str(args.window), "--stride", str(args.stride), "--adapter", args.adapter, "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"bitdial eval failed for {setting}: {result.stderr.strip().splitlines()[-1]}")
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="public/models/stories")
    parser.add_argument("--text", default="test/fixtures/stories/eval.txt")
    parser.add_argument("--settings", default=SETTINGS)
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--adapter", default="auto")
    args = parser.parse_args()
    text = Path(args.text).read_text(encoding="utf-8")
    ids = Tokenizer.from_file(str(Path(args.model) / "tokenizer.json")).encode(text).ids
    reference = log_probabilities(load(args.model, "f32"), ids, args.window, args.stride)
    targets = np.array(ids[1:])
    print(f"{'setting':16}{'nll':>12}{'here':>12}{'off by':>10}{'KL':>13}{'here':>13}{'off by':>10}")
    wrong = 0
    for setting in args.settings.split(","):
        candidate = reference if setting == "f32" else log_probabilities(load(args.model, setting), ids, args.window, args.stride)
        here = figures(reference, candidate, targets)
        there = measured(args, setting)
        nll = abs(there["nll"] / here["nll"] - 1)
        mean = there["kl"]["mean"]
        kl = abs(mean - here["kl"]) / max(here["kl"], KL_FLOOR)
        pairs = [(there["kl"]["p95"], here["p95"]), (there["reverseKl"], here["reverseKl"])]
        others = max(abs(a - b) / max(b, KL_FLOOR) for a, b in pairs)
        fine = nll <= NLL_TOLERANCE and kl <= KL_TOLERANCE and others <= 2 * KL_TOLERANCE
        wrong += not fine
        print(
            f"{setting:16}{there['nll']:12.7f}{here['nll']:12.7f}{nll:10.1e}{mean:13.6e}{here['kl']:13.6e}{kl:10.1e}"
            + ("" if fine else "  DISAGREES")
        )
    sys.exit(1 if wrong else 0)


main()
