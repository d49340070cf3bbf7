"""Checks matrices weight by weight, without a GPU: what `rounding` makes of them beside what the project's codes stand for.

    python test/oracle/weights.py [--settings int4-g32,nf4-g32] [--layer 2]

Exits with 1 where more than one weight in a thousand differs by more than a last bit of f32 has in a sum.
"""

import argparse
from pathlib import Path

import numpy as np
import project
from rounding import rounded
from safetensors.numpy import load_file

SAME = 2e-6  # of the largest magnitude: sums in another order
SHARE = 1e-3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="public/models/stories")
    parser.add_argument("--settings", help="left out: all")
    parser.add_argument("--layer", type=int, default=2)
    args = parser.parse_args()
    tensors = load_file(Path(args.model) / "model.safetensors")
    names = [f"model.layers.{args.layer}.{part}.weight" for part in ("self_attn.k_proj", "mlp.down_proj")]
    wrong = 0
    for setting in args.settings.split(",") if args.settings else project.all_settings():
        shares = []
        for name in names:
            weights = tensors[name].astype(np.float32)
            off = np.abs(rounded(weights, setting) - project.values(setting, weights)) / np.abs(weights).max()
            shares.append(f"{(off > SAME).mean():9.1e} {off.max():9.1e}")
            wrong += (off > SAME).mean() > SHARE
        print(f"{setting:20}", *shares, flush=True)
    raise SystemExit(1 if wrong else 0)


main()
