/** One shader as RADV_DEBUG=shaderstats,shaders prints it: machine code, then statistics. */
export interface Shader {
  /** The line that was written before it was compiled. */
  readonly label: string;
  readonly code: readonly string[];
  /** "VGPRs": 40, "Spilled VGPRs": 0 ... */
  readonly stats: Readonly<Record<string, number>>;
}

/** From a label to the last branch back to it. */
export interface Loop {
  readonly start: number;
  readonly end: number;
  /** Lines of the loop that belong to no loop inside it. */
  readonly own: readonly string[];
}

export const MARK = "@@ ";

/** Shaders in the order of the output; those without a mark before them are left out. */
export function parseShaders(output: string): Shader[] {
  const shaders: Shader[] = [];
  let label: string | undefined;
  let code: string[] = [];
  let stats: Record<string, number> = {};
  let part: "" | "code" | "stats" = "";
  for (const line of output.split("\n")) {
    if (line.startsWith(MARK)) label = line.slice(MARK.length);
    else if (line === "disasm:") {
      part = "code";
      code = [];
    } else if (line.startsWith("*** SHADER STATS")) {
      part = "stats";
      stats = {};
    } else if (part === "stats" && line.startsWith("****")) {
      if (label !== undefined) shaders.push({ label, code, stats });
      part = "";
    } else if (part === "code" && line.trim() !== "") code.push(line.trim());
    else if (part === "stats") {
      const [, name, value] = /^(.+): (\d+)$/.exec(line) ?? [];
      if (name !== undefined) stats[name] = Number(value);
    }
  }
  return shaders;
}

function loopsOf(code: readonly string[]): Loop[] {
  const labels = new Map<string, number>();
  const ends = new Map<number, number>();
  code.forEach((line, at) => {
    const [, label] = /^(BB\d+):$/.exec(line) ?? [];
    if (label) labels.set(label, at);
    const [, target] = /^s_c?branch\S*\s+(BB\d+)/.exec(line) ?? [];
    const start = target ? labels.get(target) : undefined;
    // Labels met so far are behind this branch.
    if (start !== undefined) ends.set(start, at);
  });
  const spans = [...ends].map(([start, end]) => ({ start, end }));
  return spans.map(({ start, end }) => {
    const inner = spans.filter((other) => other.start > start && other.end <= end);
    const own = code.filter((_, at) => {
      if (at < start || at > end) return false;
      return !inner.some((other) => at >= other.start && at <= other.end);
    });
    return { start, end, own };
  });
}

/** Loops within one. */
export function innerLoops(code: readonly string[], { start, end }: Loop): Loop[] {
  return loopsOf(code).filter((other) => other.start > start && other.end <= end);
}

/** The loop that does the arithmetic, which `kind` tells, and those around it, from the inside outwards. */
export function hotChain(code: readonly string[], kind = MULTIPLIES): Loop[] {
  const loops = loopsOf(code);
  const weight = ({ own }: Loop): number => count(own, kind);
  const [hot] = loops.toSorted((a, b) => weight(b) - weight(a));
  if (!hot || weight(hot) === 0) return [];
  const around = loops.filter(({ start, end }) => start <= hot.start && end >= hot.end);
  return around.toSorted((a, b) => a.end - a.start - (b.end - b.start));
}

/** What sums of products are made of: multiply-adds, packed dot products, bit counts. */
export const MULTIPLIES = /^v_(fma|dot4|bcnt)/;
/** What looks a sum up in workgroup memory. */
export const LOOKUPS = /^ds_read/;
export const VECTOR = /^v_/;
export const SCALAR = /^s_(?!waitcnt|nop|clause|inst_prefetch|barrier)/;

export function count(lines: readonly string[], kind: RegExp): number {
  return lines.filter((line) => kind.test(line)).length;
}

/** Products that f32 multiply-adds sum up. A sum that starts here starts with a multiplication. */
export function fusedProducts(lines: readonly string[]): number {
  const multiplied = new Set<string>();
  let products = 0;
  for (const line of lines) {
    const [, op = "", target = "", sources = ""] = /^(v_\w+)\s+(v\d+)\b(.*)/.exec(line) ?? [];
    if (op.startsWith("v_fma")) {
      const sum = op.startsWith("v_fmac")
        ? target
        : /v\d+(?=\D*$)/.exec(sources.split(" ; ")[0] ?? "")?.[0];
      products += sum !== undefined && multiplied.has(sum) ? 2 : 1;
      if (sum !== undefined) multiplied.delete(sum);
    }
    if (op.startsWith("v_mul_f32")) multiplied.add(target);
    else multiplied.delete(target);
  }
  return products;
}

/** Bytes of each load from memory through vector registers, in order. */
export function loadBytes(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const [, width] =
      /^(?:buffer|global)_load_(dwordx[234]|dword|ushort|short_d16\S*|ubyte)/.exec(line) ?? [];
    if (width === undefined) return [];
    const [words] = /\d$/.exec(width) ?? [];
    if (width.startsWith("dword")) return [4 * Number(words ?? 1)];
    return [width === "ubyte" ? 1 : 2];
  });
}

/** Code that touches the whole 64-bit mask runs 64 lanes at a time. */
export function waveSize(code: readonly string[]): 32 | 64 {
  return code.some((line) => /\bexec\b(?!_)/.test(line)) ? 64 : 32;
}
