"""What was measured, kept in a file as it comes, and the table in docs/oracle.md."""

import json
import re
from pathlib import Path

class Record:
    """Figures of both sides by setting; only those of the same model, text and protocol are taken up again."""

    def __init__(self, args):
        self.path = Path(args.record) if args.record else None
        self.key = [args.model, args.text, args.max_tokens, args.window, args.stride]
        kept = json.loads(self.path.read_text()) if self.path and self.path.exists() else {}
        self.entries = kept.get("entries", {}) if kept.get("key") == self.key else {}

    def side(self, setting, side, measure):
        """Figures of "there" (bitdial) or "here", from the file where it has them."""
        entry = self.entries.setdefault(setting, {})
        if side not in entry:
            entry[side] = measure()
            self.keep()
        return entry[side]

    def keep(self):
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps({"key": self.key, "entries": self.entries}))


def table(settings, record, differences):
    lines = [
        "| setting | bits | NLL bitdial | NLL oracle | off by | KL bitdial | KL oracle | off by |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for setting in settings:
        entry = record.entries[setting]
        there, here = entry["there"], entry["here"]
        nll, kl, _ = differences(there, here)
        lines.append(
            f"| `{setting}` | {there['bitsPerWeight']:.2f} | {there['nll']:.6f} | {here['nll']:.6f} | {nll:.1e} "
            f"| {there['kl']['mean']:.6f} | {here['kl']:.6f} | {kl:.1e} |"
        )
    return lines


def write(args, settings, record, differences):
    """Replaces the section of this protocol, or adds it; everything else stays."""
    path = Path(args.document)
    tokens = record.entries[settings[0]]["there"]["tokens"]
    title = f"## {tokens} tokens in windows of {args.window}, stride {args.stride}"
    lines = [title, "", f"Of `{args.text}`, with the model in `{args.model}`.", "", *table(settings, record, differences), ""]
    text = path.read_text(encoding="utf-8") if path.exists() else "# Oracle\n"
    section = re.compile(re.escape(title) + r"\n.*?(?=\n## |\Z)", re.DOTALL)
    body = "\n".join(lines)
    text = section.sub(lambda _: body, text) if section.search(text) else f"{text.rstrip()}\n\n{body}"
    path.write_text(text, encoding="utf-8")
