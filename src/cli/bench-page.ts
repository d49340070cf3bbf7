import { summariseCurves } from "../lab/curves.ts";
import { tokenTime } from "../lab/modules.ts";
import type { Report } from "../lab/report.ts";
import { type SpeedSummary, summariseSpeed } from "../lab/speed.ts";
import { peerSentences, peersJson } from "./beside.ts";
import { adapterName, count, digits, spread } from "./format.ts";
import type { Measured } from "./report-file.ts";
import { adapterJson, type Session } from "./session.ts";
import { curveTables, speedNotes } from "./speed-notes.ts";
import { table } from "./table.ts";

export interface BenchRow extends Measured {
  readonly speed: SpeedSummary;
  readonly stoppedBecause: string;
}

/** With the report, every row says where its time goes as well. */
export function benchJson(
  { model, adapter }: Session,
  rows: readonly BenchRow[],
  report: Report | null,
): object {
  return {
    model: model.name,
    adapter: adapterJson(adapter),
    ...(report && { roofs: report.roofs }),
    rows: rows.map(
      ({ state, extras, peers, speed: { prefill, decode, ...lengths }, stoppedBecause }, at) => ({
        setting: state.setting,
        weightBytes: state.size.weightBytes,
        bitsPerWeight: state.size.bitsPerWeight,
        dispatchesPerToken: state.dispatchesPerToken,
        ...lengths,
        prefill,
        decode,
        ...(report && profileJson(report, at)),
        repeatsEnded: stoppedBecause,
        ...(extras.curves && summariseCurves(extras.curves)),
        ...(peers && { peers: peersJson(peers) }),
      }),
    ),
  };
}

function profileJson({ roofs, settings }: Report, at: number): object {
  const entry = settings[at];
  if (!entry) return {};
  const { token, modules, metrics, kernels } = entry;
  return { token, time: tokenTime(entry, roofs), modules, metrics, kernels };
}

export function benchPage({ model, adapter }: Session, rows: readonly BenchRow[]): string {
  const first = rows[0]?.speed;
  const title = [
    `${model.name} on ${adapterName(adapter)}`,
    `${count(first?.promptTokens ?? 0)} prompt tokens, ${count(first?.tokens ?? 0)} written after`,
    `medians of ${count(Math.min(...rows.map(({ speed }) => speed.decode.samples)))} or more`,
    ...(rows.length > 1 ? ["settings measured in turns"] : []),
  ].join("; ");
  const cells = rows.flatMap(({ state, speed, peers = [] }) => [
    [
      state.setting,
      (state.size.weightBytes / 1e6).toFixed(2),
      state.size.bitsPerWeight.toFixed(2),
      ...speedCells(speed),
      count(state.dispatchesPerToken),
    ],
    ...peers.map(({ provider, sample }) => [
      `  ONNX Runtime, ${provider}`,
      "",
      "",
      ...speedCells(summariseSpeed(sample)),
      "",
    ]),
  ]);
  const notes = rows.map(({ state, speed, stoppedBecause: ended }) => ({
    setting: state.setting,
    speed,
    ended,
  }));
  const curves = rows.flatMap(({ state, extras }) =>
    extras.curves ? curveTables(state.setting, summariseCurves(extras.curves)) : [],
  );
  const compared = rows.flatMap(({ state, speed, peers = [] }) =>
    peerSentences(state.setting, speed, peers),
  );
  const sentences = compared.length > 0 ? [`${compared.join("\n")}\n`] : [];
  const parts = [`${title}\n\n${table(COLUMNS, cells)}`, speedNotes(notes), ...sentences];
  return [...parts, ...curves].join("\n");
}

function speedCells({ prefill, decode }: SpeedSummary): string[] {
  return [
    digits(prefill.tokensPerSecond),
    spread(prefill),
    digits(decode.tokensPerSecond),
    spread(decode),
  ];
}

const COLUMNS = [
  { title: "setting" },
  { title: "MB", align: "right" },
  { title: "bits/weight", align: "right" },
  { title: "prefill tok/s", align: "right" },
  { title: "spread" },
  { title: "decode tok/s", align: "right" },
  { title: "spread" },
  { title: "dispatches/token", align: "right" },
] as const;
