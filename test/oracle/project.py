"""What is asked of the project under test: its list of formats, codes and values of a matrix, and `bitdial eval`."""

import json
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def registry(*arguments, given=None):
    command = ["node", "test/oracle/registry.mjs", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, input=given, stdout=subprocess.PIPE, check=True).stdout


def all_settings():
    """Every format in its usual form, then with its other methods and with 2:4 where it has them; two with half of all weights gone."""
    settings = ["f16+50%", "int4-g32+50%"]
    for row in json.loads(registry("list")):
        name = row["name"]
        settings.append(name)
        settings += [f"{name}@{method}" for method in row["methods"] if method != "rtn"]
        settings += [f"{name}+2:4"] if row["sparse"] else []
    return settings


def codes(name, weights):
    """The bytes of a matrix's codes, then of its scales."""
    return np.frombuffer(registry("codes", name, *weights.shape, given=weights.astype("<f4").tobytes()), np.uint8)


def values(setting, weights):
    """The matrix that the codes stand for."""
    given = weights.astype("<f4").tobytes()
    return np.frombuffer(registry("values", setting, *weights.shape, given=given), "<f4").reshape(weights.shape)


def evaluation(args, setting):
    """What `bitdial eval` measures."""
    command = [*args.command.split(), "eval", "--model", args.model, "--text", args.text, "--setting", setting, "--json"]
    command += ["--window", str(args.window), "--stride", str(args.stride), "--adapter", args.adapter]
    command += ["--max-tokens", str(args.max_tokens)] if args.max_tokens else []
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"bitdial eval failed for {setting}: {result.stderr.strip().splitlines()[-1]}")
    return json.loads(result.stdout)
