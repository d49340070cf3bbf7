/** A sentencepiece vocabulary as files without a tokenizer.json hold it: pieces by id. */
export interface Pieces {
  /** With "▁" for spaces. */
  readonly texts: readonly string[];
  /** The higher, the sooner two pieces are joined to this one. */
  readonly scores: ArrayLike<number>;
  /** Ids of pieces that text is made of: neither bytes nor special tokens. */
  readonly normal: ReadonlySet<number>;
  readonly special: readonly AddedToken[];
  readonly unknown: string | null;
  /** A space before the text, as Llama has it. */
  readonly dummySpace: boolean;
  /** Put before and after every text. */
  readonly before: readonly SpecialId[];
  readonly after: readonly SpecialId[];
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

export interface SpecialId {
  readonly id: number;
  readonly content: string;
}

const space = "▁";
/** Pieces of one vocabulary are at most some 16 or, of blanks, 100 characters long. */
const longestMerged = 256;

/**
 * The tokenizer.json of such a vocabulary. Sentencepiece joins the two neighbours whose union has the
 * highest score: that is BPE with one rule for every way to cut a piece in two pieces.
 */
export function spmTokenizer(pieces: Pieces): Record<string, unknown> {
  const { dummySpace } = pieces;
  const replace = { type: "Replace", pattern: { String: " " }, content: space };
  const prepend = { type: "Prepend", prepend: space };
  const decoders = [
    { type: "Replace", pattern: { String: space }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    ...(dummySpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
  ];
  return {
    added_tokens: pieces.special.map((token) => ({ ...token, normalized: false })),
    normalizer: dummySpace ? { type: "Sequence", normalizers: [prepend, replace] } : replace,
    pre_tokenizer: null,
    post_processor: template(pieces.before, pieces.after),
    decoder: { type: "Sequence", decoders },
    model: {
      type: "BPE",
      unk_token: pieces.unknown,
      fuse_unk: true,
      byte_fallback: true,
      vocab: vocabOf(pieces.texts),
      merges: mergesOf(pieces),
    },
  };
}

/** Where two ids have one text, the first is what encoding gives. */
export function vocabOf(texts: readonly string[]): Record<string, number> {
  const vocab = new Map<string, number>();
  texts.forEach((text, id) => {
    if (!vocab.has(text)) vocab.set(text, id);
  });
  return Object.fromEntries(vocab);
}

export function template(
  before: readonly SpecialId[],
  after: readonly SpecialId[],
): Record<string, unknown> | null {
  if (before.length + after.length === 0) return null;
  const special = ({ content }: SpecialId) => ({ SpecialToken: { id: content, type_id: 0 } });
  const entries = [...before, ...after].map(({ id, content }) => [
    content,
    { id: content, ids: [id], tokens: [content] },
  ]);
  const text = { Sequence: { id: "A", type_id: 0 } };
  return {
    type: "TemplateProcessing",
    single: [...before.map(special), text, ...after.map(special)],
    pair: [text, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: Object.fromEntries(entries),
  };
}

function mergesOf({ texts, scores, normal }: Pieces): [string, string][] {
  const ids = new Map<string, number>();
  for (const id of normal) {
    const text = texts[id] ?? "";
    if (!ids.has(text)) ids.set(text, id);
  }
  const byScore = [...ids.values()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const merges: [string, string][] = [];
  for (const id of byScore) {
    const text = texts[id] ?? "";
    if (text.length > longestMerged) continue;
    const cuts: [number, number, string, string][] = [];
    for (let at = 1; at < text.length; at++) {
      const [left, right] = [text.slice(0, at), text.slice(at)];
      const [leftId, rightId] = [ids.get(left), ids.get(right)];
      if (leftId !== undefined && rightId !== undefined) cuts.push([leftId, rightId, left, right]);
    }
    cuts.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [, , left, right] of cuts) merges.push([left, right]);
  }
  return merges;
}
