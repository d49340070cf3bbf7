/** How text is cut before byte-level BPE, by the name in tokenizer.ggml.pre. */
export interface PreTokenizer {
  readonly json: unknown;
  readonly normalizer: unknown;
  /** A cut that is a token stays whole, whatever the merges say. */
  readonly wholeWords: boolean;
  /** A BOS stands first where the file does not say. */
  readonly bos: boolean;
}

const bytes = (useRegex: boolean) => ({
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

function split(pattern: string) {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

function sequence(...pretokenizers: unknown[]) {
  return { type: "Sequence", pretokenizers };
}

/** Words with one leading character that is no letter or digit, digits in runs of `digits`, the rest. */
function words(digits: string): string {
  return [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+",
    digits,
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*",
    "\\s*[\\r\\n]+",
    "\\s+(?!\\S)",
    "\\s+",
  ].join("|");
}

const plain = { normalizer: null, wholeWords: false, bos: false } as const;

const gpt2: PreTokenizer = { ...plain, json: bytes(true) };
/** Digit by digit, then as GPT-2. */
const digits: PreTokenizer = {
  ...plain,
  json: sequence({ type: "Digits", individual_digits: true }, bytes(true)),
};
const llama3: PreTokenizer = {
  ...plain,
  json: sequence(split(words("\\p{N}{1,3}")), bytes(false)),
  wholeWords: true,
  bos: true,
};
const qwen2: PreTokenizer = {
  ...plain,
  json: sequence(split(words("\\p{N}")), bytes(false)),
  normalizer: { type: "NFC" },
};

const byName: Readonly<Record<string, PreTokenizer>> = {
  "gpt-2": gpt2,
  "phi-2": gpt2,
  "gpt-neox": gpt2,
  olmo: gpt2,
  mpt: gpt2,
  smollm: digits,
  starcoder: digits,
  refact: digits,
  codeshell: digits,
  "command-r": digits,
  "llama-bpe": llama3,
  llama3,
  "llama-v3": llama3,
  dbrx: { ...llama3, wholeWords: false, bos: false },
  "smaug-bpe": { ...llama3, wholeWords: false, bos: false },
  qwen2,
  "deepseek-r1-qwen": qwen2,
  stablelm2: { ...qwen2, normalizer: null },
};

export function preTokenizer(name: string): PreTokenizer | null {
  return Object.hasOwn(byName, name) ? (byName[name] ?? null) : null;
}
