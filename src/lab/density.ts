import type { ReportEntry } from "./report.ts";

export type Density = NonNullable<ReportEntry["density"]>;

interface Scaled {
  readonly model: { readonly sha256: string };
  readonly reference: string;
}

interface ScalePoint {
  readonly model: string;
  readonly sha256: string;
  readonly parameters: number;
  readonly bitsPerByte: number;
  /** Of the first 2,048 tokens alone. */
  readonly beginning: number;
}

/**
 * Uncompressed models of one kind and their loss on one text, all of it, by `bitdial eval --setting f32`: a test measures the
 * beginning again, which takes the same model, tokens, windows and arithmetic.
 * Bits a byte, because their tokens differ.
 */
export const DENSITY_SCALE = {
  textSha256: "7cb2e9b07454f2f5a98019d05ada736476bdea553ae4b3ff331b082e053b08c6",
  window: 256,
  stride: 128,
  setting: "f32",
  small: {
    model: "stories260K",
    sha256: "407a7c581bdd66972383ce9ad24857713fb98786d06ea564a2fe9b34ebe77dfd",
    parameters: 260_032,
    bitsPerByte: 1.5176582615332714,
    beginning: 1.4810665114474848,
  },
  large: {
    model: "stories",
    sha256: "69cc6a97d4c03ea4fe55067b10e3867d157029c4202420472f2d8efc1961ce3b",
    parameters: 5_246_208,
    bitsPerByte: 1.0975347761555678,
    beginning: 1.0413804803998996,
  },
} as const satisfies {
  readonly small: ScalePoint;
  readonly large: ScalePoint;
  readonly [other: string]: unknown;
};

/** Loss = floor + factor x parameters ^ -exponent. */
interface Curve {
  readonly name: string;
  readonly exponent: number;
  readonly floor: number;
  readonly factor: number;
}

/** Hoffmann et al., Training Compute-Optimal Large Language Models, 2022: loss falls with parameters ^ -0.34. */
const PUBLISHED_EXPONENT = 0.34;

export const DENSITY_WORDS =
  "A scale of loss against parameters, L = floor + a N^-exponent, has three unknowns, and two uncompressed models are measured here (stories260K and stories, each in its own training). So there are two readings, each with one assumption: no floor, and the exponent that the two points then have; or the exponent 0.34 that Hoffmann et al. (2022) published for other models, and the floor that the points then have. The truth may lie outside of both. Loss is bits a byte on the text: that of the uncompressed model on all of it, and what the setting adds to it on the tokens scored. Effective parameters are those that an uncompressed model of this loss would have; density by parameters divides them by the model's own, density by bytes by how many 16-bit weights would fit in the setting's bytes.";

/** Both points fix two of the three unknowns. */
export function densityCurves(): readonly Curve[] {
  const { small, large } = DENSITY_SCALE;
  const ratio = large.parameters / small.parameters;
  const exponent = Math.log(small.bitsPerByte / large.bitsPerByte) / Math.log(ratio);
  const shrink = ratio ** -PUBLISHED_EXPONENT;
  const floor = (large.bitsPerByte - shrink * small.bitsPerByte) / (1 - shrink);
  return [
    { name: "no floor", exponent, floor: 0, factor: factorOf(large, exponent, 0) },
    {
      name: "published exponent",
      exponent: PUBLISHED_EXPONENT,
      floor,
      factor: factorOf(large, PUBLISHED_EXPONENT, floor),
    },
  ];
}

function factorOf({ bitsPerByte, parameters }: ScalePoint, exponent: number, floor: number) {
  return (bitsPerByte - floor) * parameters ** exponent;
}

/** Null for other models, texts, windows and references: the scale is of these. */
export function densityOf(entry: ReportEntry, report: Scaled): Density | null {
  const { small, large } = DENSITY_SCALE;
  const loss = lossOf(entry, report);
  if (loss === null || entry.bytes.total === 0) return null;
  // A little less than the master's loss is chance, and no curve reaches beyond its last point.
  const better = loss < large.bitsPerByte;
  const inside = Math.max(loss, large.bitsPerByte);
  return {
    bitsPerByte: loss,
    curves: densityCurves().map(({ name, exponent, floor, factor }) => {
      const parameters = better ? large.parameters : ((inside - floor) / factor) ** (-1 / exponent);
      return {
        name,
        exponent,
        floor,
        parameters,
        byParameters: parameters / large.parameters,
        byBytes: parameters / (entry.bytes.total / 2),
      };
    }),
    beyond: better ? "better" : loss > small.bitsPerByte ? "worse" : null,
  };
}

function lossOf({ quality, role }: ReportEntry, { model, reference }: Scaled): number | null {
  const { textSha256, window, stride, setting, large } = DENSITY_SCALE;
  if (model.sha256 !== large.sha256 || reference !== setting) return null;
  if (role === "reference") return large.bitsPerByte;
  if (!quality?.bitsPerByte || quality.text.sha256 !== textSha256) return null;
  if (quality.window !== window || quality.stride !== stride) return null;
  return large.bitsPerByte + quality.bitsPerByte.candidate - quality.bitsPerByte.reference;
}
