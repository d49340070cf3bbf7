import type { ShaderFacts } from "./isa-kernels.ts";
import {
  count,
  fusedProducts,
  hotChain,
  innerLoops,
  LOOKUPS,
  type Loop,
  loadBytes,
  MULTIPLIES,
  parseShaders,
  SCALAR,
  type Shader,
  VECTOR,
  waveSize,
} from "./isa-parse.ts";

export { isaDocument, isaVerdict } from "./isa-document.ts";
export { compileKernels } from "./isa-kernels.ts";

export interface IsaRow {
  readonly label: string;
  readonly peer: boolean;
  readonly vgprs: number;
  readonly sgprs: number;
  readonly spills: number;
  readonly ldsBytes: number;
  /** Waves that fit on a SIMD at once. */
  readonly waves: number;
  readonly waveSize: 32 | 64;
  /** Of a workgroup; 0 where nobody says. */
  readonly lanes: number;
  readonly codeBytes: number;
  /** Instructions for one weight and token, hot loop and its share of the loops around it. */
  readonly vector: number;
  readonly scalar: number;
  /** Bytes of each load from memory in those loops. */
  readonly loads: readonly number[];
}

/** Rows in the order of the output; of several shaders behind one mark the one that multiplies most. */
export function isaRows(output: string): IsaRow[] {
  const best = new Map<string, IsaRow & { readonly multiplies: number }>();
  for (const shader of parseShaders(output)) {
    const facts: ShaderFacts = JSON.parse(shader.label);
    const chain = hotChain(shader.code, facts.family === "lut" ? LOOKUPS : MULTIPLIES);
    const multiplies = count(chain[0]?.own ?? [], MULTIPLIES);
    const known = best.get(facts.label);
    if (known && known.multiplies >= multiplies) continue;
    best.set(facts.label, { ...rowOf(facts, shader, chain), multiplies });
  }
  return [...best.values()];
}

function rowOf(facts: ShaderFacts, { code, stats }: Shader, chain: readonly Loop[]): IsaRow {
  const shares = [...sharesOf(facts, chain), ...tableShares(facts, code, chain)];
  const each = (kind: RegExp): number =>
    shares.reduce((sum, { loop, products }) => sum + count(loop.own, kind) / products, 0);
  return {
    label: facts.label,
    peer: facts.peer,
    vgprs: stats.VGPRs ?? 0,
    sgprs: stats["Pre-Sched SGPRs"] ?? 0,
    spills:
      (stats["Spilled SGPRs"] ?? 0) + (stats["Spilled VGPRs"] ?? 0) + (stats["Scratch size"] ?? 0),
    ldsBytes: stats["LDS size"] ?? 0,
    waves: stats["Subgroups per SIMD"] ?? 0,
    waveSize: waveSize(code),
    lanes: facts.lanes,
    codeBytes: stats["Code size"] ?? 0,
    vector: each(VECTOR),
    scalar: each(SCALAR),
    loads: shares.flatMap(({ loop }) => loadBytes(loop.own)),
  };
}

/** The loops of a kernel's inner work, each with the products of weight and token that a turn makes. */
function sharesOf(facts: ShaderFacts, chain: readonly Loop[]): { loop: Loop; products: number }[] {
  const [hot, ...around] = chain;
  if (!hot) return [];
  const counted = productsOf(facts, hot.own) / (facts.sparse ? 2 : 1);
  if (facts.peer) return [{ loop: hot, products: counted }];
  const unit = facts.unitWeights * facts.tokens;
  // Scales are multiplied in as well: the true number is the share of a unit that lies nearest.
  const shares = [1, 2, 4, 8, 16, 32, 64].map((turns) => unit / turns);
  // Around the integer families' loop over units is one over segments, with hardly anything in it.
  const unitLoops = facts.family === "dequant" ? around : around.slice(0, -1);
  return [
    { loop: hot, products: nearest(shares, counted) },
    ...unitLoops.map((loop, at) => {
      const outermost = at === unitLoops.length - 1;
      // Between them is at most the loop over the two spans of inputs of a 2:4 unit.
      return { loop, products: outermost || !facts.sparse ? unit : unit / 2 };
    }),
  ];
}

/** The loops inside that of a unit that make its tables. */
function tableShares(facts: ShaderFacts, code: readonly string[], [hot]: readonly Loop[]) {
  if (facts.family !== "lut" || !hot) return [];
  const products = (facts.unitWeights * facts.tokens) / facts.tableTurns;
  return innerLoops(code, hot).map((loop) => ({ loop, products }));
}

function productsOf(
  { family, bits, activationBits, tokens }: ShaderFacts,
  lines: readonly string[],
): number {
  const dots = 4 * count(lines, /^v_dot4/);
  if (family === "bitserial") return (32 * count(lines, /^v_bcnt/)) / (bits * activationBits);
  // A lookup is a plane of four inputs, for two tokens where there are several.
  if (family === "lut") return ((tokens > 1 ? 8 : 4) * count(lines, LOOKUPS)) / bits;
  return family === "dp4a" || dots > 0 ? dots : fusedProducts(lines);
}

function nearest(candidates: readonly number[], value: number): number {
  const off = (candidate: number): number => Math.abs(Math.log(candidate / Math.max(value, 1e-9)));
  return candidates.reduce((best, candidate) => (off(candidate) < off(best) ? candidate : best));
}
