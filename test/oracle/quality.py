"""Checks `bitdial eval` against an independent program.

The weights are rounded here with NumPy, from the wording of a setting alone; the model is run by transformers in float32 with torch.
NLL must agree within 0.05 %, mean KL within 1 %, its 95th percentile and the reversed KL within 2 %.

    pip install torch transformers numpy safetensors gguf
    python test/oracle/quality.py                                  # eleven settings
    python test/oracle/quality.py --all                            # every format, with @clip and 2:4 where it has them
    python test/oracle/quality.py --settings f32,nf4-g64+2:4
    python test/oracle/quality.py --all --record build/oracle.json --document docs/oracle.md

With --record, what is in the file already is not measured again. Exits with 1 when a setting disagrees.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import project
from document import Record, write
from model import figures, load, log_probabilities, scored_targets
from tokenizers import Tokenizer

SETTINGS = (
    "f32,f16,int8-g32,int4-g32,int4-asym-g32,int4-row,int3-g32,int2-g32,int4-g32@clip,int4-g32+2:4,f32+2:4"
)
NLL_TOLERANCE = 0.0005
KL_TOLERANCE = 0.01
KL_FLOOR = 1e-6  # nats; a smaller KL is rounding


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="public/models/stories")
    parser.add_argument("--text", default="test/fixtures/stories/eval.txt")
    parser.add_argument("--settings", default=SETTINGS)
    parser.add_argument("--all", action="store_true", help="every format of the registry")
    parser.add_argument("--max-tokens", type=int, help="score so many tokens of the text at most")
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--adapter", default="auto")
    parser.add_argument("--command", default="node bin/bitdial.mjs", help="what runs the command line")
    parser.add_argument("--record", help="JSON file that keeps what was measured")
    parser.add_argument("--document", help="Markdown file to write the table to")
    return parser.parse_args()


def differences(there, here):
    """Of NLL, of mean KL, and the larger one of the KL's 95th percentile and of the reversed KL; relative."""

    def off(measured, computed):
        return abs(measured - computed) / max(computed, KL_FLOOR)

    others = max(off(there["kl"]["p95"], here["p95"]), off(there["reverseKl"], here["reverseKl"]))
    return abs(there["nll"] / here["nll"] - 1), off(there["kl"]["mean"], here["kl"]), others


def main():
    args = arguments()
    record = Record(args)
    text = Path(args.text).read_text(encoding="utf-8")
    ids = Tokenizer.from_file(str(Path(args.model) / "tokenizer.json")).encode(text).ids
    ids = ids[: args.max_tokens + 1] if args.max_tokens else ids
    targets = np.array(ids)[scored_targets(len(ids), args.window, args.stride)]
    reference = log_probabilities(load(args.model, "f32"), ids, args.window, args.stride)
    print(f"{'setting':20}{'nll':>12}{'here':>12}{'off by':>10}{'KL':>13}{'here':>13}{'off by':>10}")
    wrong = 0
    settings = project.all_settings() if args.all else args.settings.split(",")
    for setting in settings:
        here = record.side(
            setting,
            "here",
            lambda name=setting: figures(
                reference, log_probabilities(load(args.model, name), ids, args.window, args.stride), targets
            ),
        )
        there = record.side(setting, "there", lambda name=setting: project.evaluation(args, name))
        if there["tokens"] != len(targets):
            sys.exit(f"{setting}: eval scored {there['tokens']} tokens and this program {len(targets)}")
        nll, kl, others = differences(there, here)
        fine = nll <= NLL_TOLERANCE and kl <= KL_TOLERANCE and others <= 2 * KL_TOLERANCE
        wrong += not fine
        print(
            f"{setting:20}{there['nll']:12.7f}{here['nll']:12.7f}{nll:10.1e}"
            f"{there['kl']['mean']:13.6e}{here['kl']:13.6e}{kl:10.1e}" + ("" if fine else "  DISAGREES"),
            flush=True,
        )
    if args.document:
        write(args, settings, record, differences)
    sys.exit(1 if wrong else 0)


main()
