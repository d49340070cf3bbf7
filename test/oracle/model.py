"""The model as transformers computes it in float32, and the protocol of perplexity and KL."""

import numpy as np
import torch
from rounding import head_of, rounded
from transformers import AutoModelForCausalLM

MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def load(model, setting):
    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            is_head = name.endswith(("embed_tokens.weight", "lm_head.weight"))
            if is_head or any(f".{matrix}." in name for matrix in MATRICES):
                values = rounded(parameter.numpy().astype(np.float32), head_of(setting) if is_head else setting)
                parameter.copy_(torch.from_numpy(np.array(values)))
    return network


def windows(length, window, stride):
    """Start, end and first target of each: they start at 0, stride, ...; each scores what it sees and none before did."""
    scored = 1
    for start in range(0, length, stride):
        if scored >= length:
            return
        end = min(start + window, length)
        yield start, end, max(scored, start + 1)
        scored = end


def scored_targets(length, window, stride):
    return [target for _, end, first in windows(length, window, stride) for target in range(first, end)]


def log_probabilities(network, ids, window, stride):
    """[targets][vocab] in float64."""
    rows = []
    for start, end, first in windows(len(ids), window, stride):
        with torch.no_grad():
            logits = network(torch.tensor([ids[start:end]])).logits[0].double()
        rows.append(torch.log_softmax(logits, -1)[first - start - 1 : end - start - 1])
    return torch.cat(rows).numpy()


def figures(reference, candidate, targets):
    at = np.arange(len(targets))
    kl = (np.exp(reference) * (reference - candidate)).sum(-1)
    back = (np.exp(candidate) * (candidate - reference)).sum(-1)
    return {
        "nll": float(-candidate[at, targets].mean()),
        "kl": float(kl.mean()),
        "p95": float(np.percentile(kl, 95)),
        "reverseKl": float(back.mean()),
        "top1": float((reference.argmax(-1) == candidate.argmax(-1)).mean()),
    }
