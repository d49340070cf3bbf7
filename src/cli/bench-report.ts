import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { version } from "../../package.json";
import type { KernelTime, SettingState, SpeedSample } from "../engine/protocol.ts";
import { reportToMarkdown } from "../lab/markdown.ts";
import {
  REPORT_VERSION,
  type Report,
  type ReportEntry,
  SPEED_RULE,
  writeReport,
} from "../lab/report.ts";
import { UserError } from "../lib/assert.ts";
import type { Session } from "./session.ts";

export interface Measured {
  readonly state: SettingState;
  readonly sample: SpeedSample;
  readonly kernels: readonly KernelTime[];
}

/** Nothing is measured against it here, but the schema wants it named. */
const REFERENCE = "f32";

export function benchReport({ adapter, model }: Session, rows: readonly Measured[]): Report {
  const time = new Date().toISOString();
  const { runtime, ...rest } = adapter;
  const agent = `Node ${process.version} on ${process.platform} ${process.arch}`;
  return {
    schema: "bitdial-report",
    version: REPORT_VERSION,
    app: { name: "Bitdial", version },
    time,
    runtime: { kind: runtime, agent },
    adapter: {
      ...rest,
      features: [...rest.features],
      wgslFeatures: [...rest.wgslFeatures],
      limits: { ...rest.limits },
    },
    model: {
      name: model.name,
      architecture: model.architecture,
      parameters: model.parameters,
      layers: model.layers,
      hiddenSize: model.hiddenSize,
      vocabSize: model.vocabSize,
      contextLength: model.contextLength,
      sha256: model.sha256,
    },
    reference: REFERENCE,
    settings: rows.map((row) => entryOf(row, time)),
  };
}

function entryOf({ state, sample, kernels }: Measured, at: string): ReportEntry {
  const { size, checks } = state;
  const { layers, embedding, norms, weightBytes: total } = size;
  return {
    setting: state.setting,
    role: "candidate",
    bytes: {
      layerWeights: layers.weights,
      layerScales: layers.scales,
      layerPositions: layers.positions,
      embedding,
      norms,
      total,
    },
    bitsPerWeight: size.bitsPerWeight,
    layerBitsPerWeight: size.layerBitsPerWeight,
    kernelFamily: state.family,
    variants: { ...state.variants },
    dispatchesPerToken: state.dispatchesPerToken,
    checks: {
      at,
      passed: checks.filter(({ ok }) => ok).length,
      failed: checks
        .filter(({ ok }) => !ok)
        .map(({ kernel, format, sentence = "" }) => ({ kernel, format, sentence })),
    },
    firstTokenMs: null,
    quality: null,
    speed: {
      rule: SPEED_RULE,
      promptTokens: sample.promptTokens,
      tokens: sample.tokens,
      warmups: sample.warmups,
      prefillMs: [...sample.prefillMs],
      decodeMs: [...sample.decodeMs],
    },
    kernels: kernels.map((kernel) => ({ ...kernel })),
  };
}

/** Told before minutes of measuring, not after. */
export function checkWritable(path: string): void {
  const folder = dirname(resolve(path));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${path}: there is no folder ${folder} to write to.`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${path}: this is a folder, not a file.`);
  }
}

/** JSON by the schema; Markdown where the name ends in .md. */
export async function saveReport(path: string, report: Report): Promise<void> {
  const text = /\.md$/i.test(path) ? reportToMarkdown(report) : writeReport(report);
  await writeFile(path, text).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: the report could not be written (${reason}).`);
  });
}
