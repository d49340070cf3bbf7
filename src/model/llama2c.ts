import { UserError } from "../lib/assert.ts";
import { splitHalves } from "./arrange.ts";
import type { ByteSource } from "./bytes/source.ts";
import { readSmall } from "./bytes/source.ts";
import { decodeF32 } from "./gguf/blocks.ts";
import { damaged } from "./json.ts";
import { spmTokenizer } from "./spm.ts";
import type { StoredTensor, WeightsFile } from "./weights-file.ts";

/** A checkpoint of llama2.c in its first layout: seven numbers, then every weight as float32. */
export interface Llama2cFile {
  readonly weights: WeightsFile;
  /** The fields that config.json would have. */
  readonly config: Readonly<Record<string, unknown>>;
}

const headerBytes = 28;
/** Files of the later layouts begin with this. */
const laterMagic = 0x616b3432;
const fields = ["dim", "hidden_dim", "n_layers", "n_heads", "n_kv_heads", "vocab_size", "seq_len"];

export async function openLlama2c(source: ByteSource, signal?: AbortSignal): Promise<Llama2cFile> {
  const size = await source.size(signal);
  const { name } = source;
  if (size < headerBytes)
    throw damaged(`${name}: the header needs 28 bytes but the file has ${size}`);
  const bytes = await source.read(0, headerBytes, { signal });
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  if (view.getUint32(0, true) === laterMagic) {
    throw new UserError(
      `${name} has a later layout of llama2.c; export the model again with --version 0, or as a Hugging Face folder`,
    );
  }
  const numbers = fields.map((_field, i) => view.getInt32(4 * i, true));
  const [dim = 0, inner = 0, layers = 0, heads = 0, kvHeads = 0, vocab = 0, context = 0] = numbers;
  numbers.forEach((value, i) => {
    // A negative vocabulary size says that the head is a table of its own.
    const positive = i === 5 ? Math.abs(value) : value;
    if (positive < 1 || positive > 1 << 24)
      throw new UserError(
        `${name}: ${fields[i]} is ${value}; it is no model of llama2.c, or a damaged one`,
      );
  });
  if (dim % heads !== 0 || heads % kvHeads !== 0)
    throw damaged(`${name}: ${heads} heads over ${kvHeads} do not share ${dim} values`);
  const tied = vocab > 0;
  const shape = { dim, inner, layers, heads, kvHeads, vocab: Math.abs(vocab), context, tied };
  const { tensors, end } = layTensors(name, shape);
  if (end !== size)
    throw damaged(
      `${name}: a model of these sizes ends at byte ${end} but the file has ${size} bytes`,
    );
  const config = {
    model_type: "llama",
    hidden_size: dim,
    intermediate_size: inner,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    vocab_size: shape.vocab,
    max_position_embeddings: context,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: tied,
    bos_token_id: 1,
    eos_token_id: 2,
  };
  return { weights: { source, tensors }, config };
}

interface Shape {
  readonly dim: number;
  readonly inner: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly vocab: number;
  readonly context: number;
  readonly tied: boolean;
}

/** The order of llama2.c: one kind of matrix for all layers, then the next kind. */
function layTensors(
  fileName: string,
  { dim, inner, layers, heads, kvHeads, vocab, context, tied }: Shape,
): { tensors: Map<string, StoredTensor>; end: number } {
  const headDim = dim / heads;
  const kv = kvHeads * headDim;
  const tensors = new Map<string, StoredTensor>();
  let at = headerBytes;
  const add = (name: string, shape: readonly number[], pairs = 0): void => {
    const start = at;
    at += 4 * shape.reduce((product, size) => product * size, 1);
    tensors.set(name, {
      subject: `${fileName}: tensor "${name}"`,
      type: "F32",
      shape,
      start,
      end: at,
      unitBytes: 4,
      unitElements: 1,
      decode: decodeF32,
      ...(pairs > 0 && { arrange: (values) => splitHalves(values, pairs, headDim) }),
    });
  };
  const all = (stem: string, shape: readonly number[], pairs = 0): void => {
    for (let layer = 0; layer < layers && at <= Number.MAX_SAFE_INTEGER; layer++)
      add(`model.layers.${layer}.${stem}.weight`, shape, pairs);
  };
  add("model.embed_tokens.weight", [vocab, dim]);
  all("input_layernorm", [dim]);
  all("self_attn.q_proj", [dim, dim], heads);
  all("self_attn.k_proj", [kv, dim], kvHeads);
  all("self_attn.v_proj", [kv, dim]);
  all("self_attn.o_proj", [dim, dim]);
  all("post_attention_layernorm", [dim]);
  all("mlp.gate_proj", [inner, dim]);
  all("mlp.down_proj", [dim, inner]);
  all("mlp.up_proj", [inner, dim]);
  add("model.norm.weight", [dim]);
  // Tables of sines and cosines, which follow from the sizes.
  at += 4 * context * headDim;
  if (!tied) add("lm_head.weight", [vocab, dim]);
  return { tensors, end: at };
}

/** Names that sentencepiece's first three pieces have; llama2.c's export writes line breaks around two. */
const firstPieces = ["<unk>", "<s>", "</s>"];
const maxTokens = 1 << 22;

/** The tokenizer.json of a tokenizer.bin: a score, a length and the bytes of each of `vocab` pieces. */
export async function readLlama2cTokenizer(
  source: ByteSource,
  vocab: number,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const { name } = source;
  const bytes = await readSmall(source, signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  const texts: string[] = [];
  const scores: number[] = [];
  let at = 4;
  while (at < bytes.length && texts.length < maxTokens) {
    if (at + 8 > bytes.length) throw damaged(`${name} breaks off in piece ${texts.length}`);
    const length = view.getInt32(at + 4, true);
    const end = at + 8 + length;
    if (length < 0 || end > bytes.length)
      throw damaged(`${name}: piece ${texts.length} claims ${length} bytes`);
    scores.push(view.getFloat32(at, true));
    texts.push(utf8.decode(bytes.subarray(at + 8, end)).replaceAll(" ", "▁"));
    at = end;
  }
  if (texts.length !== vocab)
    throw damaged(
      `${name} has ${texts.length} pieces, but the model ${vocab}; take both from the same model`,
    );
  firstPieces.forEach((piece, id) => {
    texts[id] = piece;
  });
  const special = firstPieces.map((content, id) => ({ id, content, special: true }));
  const normal = texts.flatMap((text, id) =>
    id < firstPieces.length || /^<0x[0-9A-F]{2}>$/.test(text) ? [] : [id],
  );
  return spmTokenizer({
    texts,
    scores,
    normal: new Set(normal),
    special,
    unknown: "<unk>",
    dummySpace: true,
    before: [{ id: 1, content: "<s>" }],
    after: [],
  });
}
