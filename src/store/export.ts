import type { Report, ReportEntry, ReportQuality, ReportSpeed } from "../lab/report.ts";
import type { Kit } from "./kit.ts";
import type { Download, QualityResult, SessionRow, SpeedResult, Verbs } from "./types.ts";

type ExportVerbs = Pick<Verbs, "exportReport">;

export function exportVerbs(kit: Kit): ExportVerbs {
  return {
    async exportReport(kind): Promise<Download> {
      // The schema and its library are only fetched by whoever exports.
      const [{ writeReport, ...rules }, { reportToMarkdown }] = await Promise.all([
        import("../lab/report.ts"),
        import("../lab/markdown.ts"),
      ]);
      const report = buildReport(kit, rules);
      const stem = `bitdial-${report.model.name}-${report.time.slice(0, 19).replace(/[:T]/g, "-")}`;
      return kind === "json"
        ? { name: `${stem}.json`, type: "application/json", text: writeReport(report) }
        : { name: `${stem}.md`, type: "text/markdown", text: reportToMarkdown(report) };
    },
  };
}

interface Rules {
  readonly INTERVAL_RULE: string;
  readonly SPEED_RULE: string;
}

function buildReport({ around, get }: Kit, rules: Rules): Report {
  const { adapter, model, reference, rows } = get();
  if (!adapter || !model || !reference) {
    throw new Error("There is nothing to report yet: the model is not ready.");
  }
  const { name, architecture, parameters, layers, hiddenSize, vocabSize, contextLength, sha256 } =
    model;
  const { runtime, subgroupSize, features, wgslFeatures, limits, ...names } = adapter;
  return {
    schema: "bitdial-report",
    version: 1,
    app: { name: "Bitdial", version: around.version },
    time: new Date().toISOString(),
    runtime: { kind: runtime, agent: around.agent },
    adapter: {
      name: names.name,
      vendor: names.vendor,
      architecture: names.architecture,
      device: names.device,
      description: names.description,
      software: names.software,
      features: [...features],
      wgslFeatures: [...wgslFeatures],
      subgroupSize: subgroupSize ? { ...subgroupSize } : null,
      limits: { ...limits },
    },
    model: { name, architecture, parameters, layers, hiddenSize, vocabSize, contextLength, sha256 },
    reference: reference.setting,
    settings: rows.map((row) => entryOf(row, rules)),
  };
}

function entryOf(row: SessionRow, rules: Rules): ReportEntry {
  const { size, quality, speed, kernels, checks } = row;
  return {
    setting: row.setting,
    role: row.side,
    bytes: {
      layerWeights: size.layers.weights,
      layerScales: size.layers.scales,
      layerPositions: size.layers.positions,
      embedding: size.embedding,
      norms: size.norms,
      total: size.weightBytes,
    },
    bitsPerWeight: size.bitsPerWeight,
    layerBitsPerWeight: size.layerBitsPerWeight,
    kernelFamily: row.family,
    variants: { ...row.variants },
    dispatchesPerToken: row.dispatchesPerToken,
    checks: {
      at: row.checkedAt,
      passed: checks.filter(({ ok }) => ok).length,
      failed: checks.flatMap(({ ok, kernel, format, sentence }) =>
        ok ? [] : [{ kernel, format, sentence: sentence ?? "out of bounds" }],
      ),
    },
    firstTokenMs: row.firstTokenMs,
    quality: quality && quality.summary.tokens > 0 ? qualityOf(quality, rules) : null,
    speed: speed ? speedOf(speed, rules) : null,
    kernels: kernels ? kernels.map((kernel) => ({ ...kernel })) : null,
  };
}

function qualityOf(result: QualityResult, { INTERVAL_RULE }: Rules): ReportQuality {
  const { summary, text, window, stride, total, bitsPerByte } = result;
  const { value, interval, median, p99, max } = summary.kl;
  return {
    text,
    window,
    stride,
    tokens: summary.tokens,
    totalTokens: total,
    intervals: INTERVAL_RULE,
    nll: summary.nll,
    perplexity: summary.perplexity,
    kl: {
      mean: { value, interval },
      median: atLeast0(median),
      p99: atLeast0(p99),
      max: atLeast0(max),
    },
    top1: summary.top1,
    top5: summary.top5,
    bitsPerByte,
  };
}

function speedOf({ summary, samples }: SpeedResult, { SPEED_RULE }: Rules): ReportSpeed {
  const { promptTokens, tokens, warmups } = summary;
  return {
    rule: SPEED_RULE,
    promptTokens,
    tokens,
    warmups,
    prefillMs: [...samples.prefillMs],
    decodeMs: [...samples.decodeMs],
  };
}

/** Rounding may leave a KL of equal models a hair below zero. */
function atLeast0(value: number): number {
  return Math.max(0, value);
}
