import type { NormName } from "../architecture.ts";
import { architectureOf } from "../architectures.ts";
import { splitHalves, transpose } from "../arrange.ts";
import type { ModelConfig } from "../config.ts";
import { kvDim, queryDim } from "../weights.ts";
import type { StoredTensor } from "../weights-file.ts";
import type { GgufFile, GgufTensor } from "./header.ts";

/** The architectures of GGUF files that are computed: model_type, and how q and k rows lie. */
interface GgufArchitecture {
  readonly modelType: string;
  /** Rotary pairs are neighbours in the file, where a Hugging Face file splits a head in halves. */
  readonly interleaved?: boolean;
}

export const ggufArchitectures: Readonly<Record<string, GgufArchitecture>> = {
  llama: { modelType: "llama", interleaved: true },
  qwen2: { modelType: "qwen2" },
  qwen3: { modelType: "qwen3" },
  smollm3: { modelType: "smollm3", interleaved: true },
  olmo2: { modelType: "olmo2" },
  gemma3: { modelType: "gemma3_text" },
  phi2: { modelType: "phi" },
  gpt2: { modelType: "gpt2" },
  gptneox: { modelType: "gpt_neox" },
};

const matrixNames: Readonly<Record<string, string>> = {
  attn_q: "q",
  attn_k: "k",
  attn_v: "v",
  attn_output: "o",
  ffn_gate: "gate",
  ffn_up: "up",
  ffn_down: "down",
};

const normNames: Readonly<Record<string, NormName>> = {
  attn_norm: "attention",
  ffn_norm: "mlp",
  post_attention_norm: "attentionOut",
  post_ffw_norm: "mlpOut",
  attn_q_norm: "q",
  attn_k_norm: "k",
};

/**
 * The tensors under their Hugging Face names, with what brings their values into that order. A name
 * that has none keeps its own, so that it is refused as a tensor without a place.
 */
export function namedTensors(
  file: GgufFile,
  architecture: string,
  config: ModelConfig,
): Map<string, StoredTensor> {
  const named = new Map<string, StoredTensor>();
  for (const tensor of file.tensors) {
    // In the config by now.
    if (tensor.name === "rope_freqs.weight") continue;
    const stored: StoredTensor = {
      subject: `${file.source.name}: tensor ${JSON.stringify(tensor.name)}`,
      type: tensor.type.name,
      shape: tensor.shape,
      start: tensor.start,
      end: tensor.end,
      unitBytes: tensor.type.bytes,
      unitElements: tensor.type.elements,
      decode: tensor.type.decode,
    };
    for (const [name, change] of translate(tensor, architecture, config))
      named.set(name, { ...stored, ...change(stored) });
  }
  return named;
}

type Change = (stored: StoredTensor) => Partial<StoredTensor>;

const unchanged: Change = () => ({});

function translate(
  { name }: GgufTensor,
  architecture: string,
  config: ModelConfig,
): (readonly [string, Change])[] {
  const { gainOffset = 0, tensors } = architectureOf(config.architecture) ?? {};
  if (tensors === undefined) return [[name, unchanged]];
  const { prefix } = tensors;
  const dot = name.lastIndexOf(".");
  const [stem, kind] = [name.slice(0, dot), name.slice(dot)];
  const gain: Change =
    gainOffset !== 0 && kind === ".weight"
      ? () => ({ arrange: (values) => values.map((value) => value - gainOffset) })
      : unchanged;
  const outer: Readonly<Record<string, readonly [string, Change]>> = {
    token_embd: [prefix + tensors.embedding, unchanged],
    position_embd: [prefix + (tensors.positions ?? "position_embd"), unchanged],
    output_norm: [prefix + tensors.finalNorm, gain],
    output: [tensors.head, unchanged],
  };
  const own = Object.hasOwn(outer, stem) ? outer[stem] : undefined;
  if (own !== undefined) return [[own[0] + kind, own[1]]];
  const [, layer, part = ""] = /^blk\.(\d+)\.(.+)$/.exec(stem) ?? [];
  if (layer === undefined) return [[name, unchanged]];
  const at = `${prefix}${tensors.layers}.${layer}.`;
  const norm = Object.hasOwn(normNames, part) ? normNames[part] : undefined;
  const normStem = norm && tensors.norms[norm];
  if (normStem !== undefined) return [[at + normStem + kind, gain]];
  if (part === "attn_qkv") return fused(at, kind, config);
  const matrix = Object.hasOwn(matrixNames, part) ? matrixNames[part] : undefined;
  const matrixStem = Object.entries(tensors.matrices).find(([id]) => id === matrix)?.[1];
  if (matrixStem === undefined) return [[name, unchanged]];
  const heads = part === "attn_q" ? config.heads : part === "attn_k" ? config.kvHeads : 0;
  if (heads > 0 && ggufArchitectures[architecture]?.interleaved)
    return [
      [
        at + matrixStem + kind,
        () => rowsMoved((values) => splitHalves(values, heads, config.headDim)),
      ],
    ];
  const turned = tensors.transposed === true && kind === ".weight";
  return [[at + matrixStem + kind, turned ? transposed : unchanged]];
}

/** Of what moves whole rows, whatever their length. */
function rowsMoved(move: (values: Float32Array) => Float32Array): Partial<StoredTensor> {
  return { arrange: move, moveRows: move };
}

/** One tensor of q, k and v rows, one matrix under another: as the architecture's own file has it. */
function fused(at: string, kind: string, config: ModelConfig): (readonly [string, Change])[] {
  const tensors = architectureOf(config.architecture)?.tensors;
  if (tensors?.fused !== undefined) {
    const name = at + tensors.fused.stem + kind;
    if (tensors.fused.order === "head")
      return [[name, () => rowsMoved((values) => byHead(values, config.heads))]];
    return [[name, tensors.transposed && kind === ".weight" ? transposed : unchanged]];
  }
  // Rows of blocks lie side by side, so that each third is a tensor of its own.
  const q = queryDim(config);
  const kv = kvDim(config);
  const rows = { q: [0, q], k: [q, q + kv], v: [q + kv, q + 2 * kv] } as const;
  return Object.entries(rows).map(([id, [from, to]]) => {
    const stem = Object.entries(tensors?.matrices ?? {}).find(([own]) => own === id)?.[1] ?? id;
    return [at + stem + kind, (stored: StoredTensor) => rowsOf(stored, from, to, q + 2 * kv)];
  });
}

function rowsOf(
  stored: StoredTensor,
  from: number,
  to: number,
  all: number,
): Partial<StoredTensor> {
  const [rows = 0, ...rest] = stored.shape;
  // A tensor of another height keeps its shape, and is refused for it.
  if (rows !== all) return {};
  const rowBytes = (stored.end - stored.start) / rows;
  return {
    shape: [to - from, ...rest],
    start: stored.start + from * rowBytes,
    end: stored.start + to * rowBytes,
  };
}

const transposed: Change = ({ shape }) => {
  const [rows = 1, cols = 1] = shape;
  return { shape: [cols, rows], arrange: (values) => transpose(values, rows, cols) };
};

/** Rows of [q, k, v][head] to [head][q, k, v]. */
function byHead(values: Float32Array, heads: number): Float32Array {
  const size = values.length / (3 * heads);
  const moved = new Float32Array(values.length);
  for (let part = 0; part < 3; part++) {
    for (let head = 0; head < heads; head++) {
      const from = (part * heads + head) * size;
      moved.set(values.subarray(from, from + size), (3 * head + part) * size);
    }
  }
  return moved;
}
