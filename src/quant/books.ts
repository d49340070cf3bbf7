import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { packedCodec } from "./block.ts";
import { type Codebook, codebook, encodeNearest, nearestError } from "./codebook.ts";
import { doubleQuantize, doubleStore, scaleOf } from "./double-quant.ts";
import { eachGroupOf, levelValues } from "./groups.ts";
import { largestOf, reciprocal, scaleBits, worst } from "./scale-bits.ts";
import { f16Store } from "./scales.ts";
import { ShareSearch } from "./share-search.ts";
import { type FormatRow, groupNames, type Method, type RowShader } from "./types.ts";

/** Magnitudes of e2m1 (a sign, two bits of exponent, one of mantissa), doubled: whole numbers. */
export const E2M1_DOUBLED: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 12];

/** Quantiles of the normal distribution, scaled to ±1, with an exact 0. */
export const nf4Book = codebook([
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
  0.7229568362236023, 1,
]);
/** The kernel's own rounding: a whole number times the f32 nearest to 1/12. */
export const fp4Book = signed(E2M1_DOUBLED.map((level) => level * Math.fround(1 / 12)));
export const fp4BnbBook = signed([0, 0.0625, 8, 12, 4, 6, 2, 3].map((level) => level / 12));

const search = new ShareSearch();
const QLORA = "QLoRA, 2023 (arXiv 2305.14314)";
const fp4Files = {
  values: ["formats/fp4", "formats/e2m1", "lib/signed_bytes"],
  ...bookWays("lib/values_book", "formats/fp4_levels"),
};
const absmaxStore = f16Store(["lib/scale_f16", "lib/scale_times"]);

interface BookChoice extends Pick<FormatRow, "id" | "label" | "sentence" | "paper"> {
  readonly book: Codebook;
  readonly files: Pick<RowShader, "values" | "ways">;
}

const choices: readonly BookChoice[] = [
  {
    id: "nf4",
    label: "nf4",
    book: nf4Book,
    files: bookShader("formats/nf4"),
    sentence:
      "Sixteen quantiles of the normal distribution times the group's largest magnitude, kept as f16; " +
      "0 and that magnitude stay exact but for the f16, and a weight halfway between two levels takes the lower.",
    paper: QLORA,
  },
  {
    id: "fp4",
    label: "fp4",
    book: fp4Book,
    files: fp4Files,
    sentence:
      "Floats e2m1 of 4 bits (0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives) over 6, times the group's largest " +
      "magnitude, kept as f16; a weight halfway between two levels takes the lower.",
    paper: "LLM-FP4, 2023 (arXiv 2310.16836); levels of OCP Microscaling Formats 1.0",
  },
  {
    id: "fp4-bnb",
    label: "fp4 (bitsandbytes)",
    book: fp4BnbBook,
    files: bookShader("formats/fp4_bnb"),
    sentence:
      "The 4-bit floats of bitsandbytes: e2m1 whose least number, 1/12 of the range, is 1/192 instead, so that " +
      "two of its levels all but say 0; times the group's largest magnitude, kept as f16.",
    paper:
      "Understanding the Impact of Post-Training Quantization on LLMs, 2023 (arXiv 2309.05210)",
  },
];

export const bookRows: readonly FormatRow[] = [
  ...choices.map(withF16Scale),
  ...choices.slice(0, 2).map(withDoubleScale),
];

/** For codes that are places in the LEVELS of a file. */
export function bookShader(file: string): Pick<RowShader, "values" | "ways"> {
  const { ways } = bookWays("lib/values_book", file);
  return { values: ["lib/values_book", "lib/plain_book", "lib/book_constants", file], ways };
}

/** `levels` as a table that a subgroup holds, or workgroup memory. */
export function bookWays(values: string, levels: string): Required<Pick<RowShader, "ways">> {
  return {
    ways: {
      spread: [values, "lib/plain_book", "lib/book_spread", levels],
      shared: [values, "lib/plain_book", "lib/book_shared", levels],
    },
  };
}

/** Codes 0.. up are the magnitudes, and those from half on their negatives. */
function signed(magnitudes: readonly number[]): Codebook {
  return codebook([...magnitudes, ...magnitudes.map((level) => -level)]);
}

function shared({ book, files }: BookChoice) {
  return {
    family: "codebook",
    idea: "codebooks" as const,
    bits: 4,
    groups: groupNames,
    asymmetric: false,
    sparse: true,
    exactZero: true,
    padding: book.zero,
    blocks: { packed: packedCodec(4) },
    shader: {
      unit: 32,
      spans: "int",
      codes: ["formats/int4", "lib/unpack"],
      ...files,
      constants: { ZERO: book.zero },
    } as const,
  };
}

function withF16Scale(choice: BookChoice): FormatRow {
  const { book, id, label, sentence, paper } = choice;
  return {
    ...shared(choice),
    id,
    label,
    sentence,
    paper,
    methods: ["rtn", "clip"],
    largest: F16_MAX,
    scales: absmaxStore,
    packer: {
      files: ["lib/range_sym", "lib/peak_book", "lib/encode_book"],
      constants: { BITS: 4, ZERO: book.zero },
      book,
    },
    quantize(kept, shape, method) {
      const codes = new Uint8Array(kept.length);
      const scales = new Uint16Array(shape.rows * shape.groups);
      eachGroupOf(shape, (start, stop, at) => {
        const bits = absmaxBits(book, kept, start, stop, method);
        encodeNearest(book, kept, codes, reciprocal(f16ToF32(bits)), start, stop);
        scales[at] = bits;
      });
      return { codes, scales };
    },
    dequantize: (codes, shape) =>
      levelValues(
        codes,
        shape,
        (at) => f16ToF32(codes.scales?.[at] ?? 0),
        () => book.levels,
      ),
    errorBound(values, method) {
      const largest = largestOf(values, 0, values.length);
      const scale = f16ToF32(scaleBits(largest));
      return worst(Math.max(scale * book.reach, largest - scale), values, method);
    },
  };
}

/** "-dq": the largest magnitudes are quantised themselves. */
function withDoubleScale(choice: BookChoice): FormatRow {
  const { book, id, label, paper } = choice;
  return {
    ...shared(choice),
    id: `${id}-dq`,
    label: `${label}, double quantised`,
    sentence:
      `As ${id}, with the largest magnitudes in 8 bits: whole numbers from -127 to 127 times one f32 of 16 significant bits for ` +
      "256 groups, counted row by row, plus the mean of the matrix; less than 0 counts as 0. bitsandbytes has a logarithmic table in place of whole numbers.",
    paper,
    methods: ["rtn"],
    largest: 2 ** 120,
    scales: doubleStore,
    quantize(kept, shape) {
      const largest = new Float32Array(shape.rows * shape.groups);
      eachGroupOf(shape, (start, stop, at) => {
        largest[at] = largestOf(kept, start, stop);
      });
      const doubled = doubleQuantize(largest);
      const codes = new Uint8Array(kept.length);
      eachGroupOf(shape, (start, stop, at) => {
        encodeNearest(book, kept, codes, reciprocal(scaleOf(doubled, at)), start, stop);
      });
      return { codes, ...doubled };
    },
    dequantize: (codes, shape) =>
      levelValues(
        codes,
        shape,
        (at) => scaleOf(codes, at),
        () => book.levels,
      ),
    errorBound(values, method) {
      const largest = largestOf(values, 0, values.length);
      return worst(largest < 2 ** -126 ? largest : largest * book.reach, values, method);
    },
  };
}

/** The scale of a group: its largest magnitude, or of its shares 1 - i/100, i below 80, the one with the least squared error. */
function absmaxBits(
  book: Codebook,
  values: Float32Array,
  start: number,
  stop: number,
  method: Method,
): number {
  const largest = largestOf(values, start, stop);
  const whole = scaleBits(largest);
  if (method === "rtn" || whole === 0) return whole;
  const error = search.begin(values, start, stop, book.ordered, f16ToF32(whole));
  // What the range no longer covers costs its square alone, and scales only shrink.
  search.fill(0, largest, 1, largest - Math.sqrt(error * 1.002));
  const near = search.choose(book.ordered);
  let best = whole;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < near; i++) {
    const scale = search.scales[search.near[i] ?? 0] ?? 0;
    if (near === 1) return scaleBits(scale);
    const found = nearestError(book, values, scale, reciprocal(scale), start, stop, least);
    if (found < least) {
      least = found;
      best = scaleBits(scale);
    }
  }
  return best;
}
