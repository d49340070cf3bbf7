import { type Column, csvText, estimateColumns } from "./csv-columns.ts";
import { profileColumns } from "./csv-profile.ts";
import { taskColumns } from "./csv-tasks.ts";
import { decodeTiming, prefillTiming } from "./measured.ts";
import { peerName, peerTimings } from "./peer-part.ts";
import type { Report, ReportEntry, ReportQuality, ReportSpeed } from "./report.ts";
import type { ReportPeer } from "./report-peer.ts";
import type { Timing } from "./speed.ts";

/**
 * A line for each setting, and one for each other program on it (RFC 4180), figures unrounded. Every line says which model,
 * text and adapter it is of, so that lines of several reports can stand in one file.
 */
export function reportToCsv(report: Report): string {
  const rows = report.settings.flatMap((entry) => [
    columnsOf(report, entry),
    ...(entry.peers ?? []).map((peer) => columnsOf(report, entry, peer)),
  ]);
  return csvText(rows[0] ?? columnsOf(report, null), rows);
}

/** Without an entry: the names alone, for the header of a report that has none. Of a peer only what is the peer's. */
function columnsOf(report: Report, own: ReportEntry | null, peer?: ReportPeer): Column[] {
  const entry = peer ? null : own;
  const timings = peer ? peerTimings(peer) : null;
  const speed = peer ?? entry?.speed;
  const { app, adapter, model, runtime, reference, time } = report;
  return [
    ["setting", own?.setting],
    ["role", entry?.role],
    ["adapter", adapter.name],
    ["adapter_is_software", adapter.software],
    ["model", model.name],
    ["model_sha256", model.sha256],
    ["text", entry?.quality?.text.name],
    ["text_sha256", entry?.quality?.text.sha256],
    ["reference", reference],
    ["written_at", time],
    ["bitdial_version", app.version],
    ["runtime", runtime.kind],
    ["runtime_agent", runtime.agent],
    ...sizeColumns(entry),
    ...qualityColumns(entry?.quality ?? null),
    ["prompt_tokens", speed?.promptTokens],
    ["generated_tokens", speed?.tokens],
    ["speed_warmups", speed?.warmups],
    ...timingColumns(
      "prefill",
      "ms_per_prompt",
      timings?.prefill ?? (entry && prefillTiming(entry)),
    ),
    ...timingColumns("decode", "ms_per_token", timings?.decode ?? (entry && decodeTiming(entry))),
    ...speedDetailColumns(entry?.speed ?? null),
    ["first_token_ms", entry?.firstTokenMs],
    ["program", peer ? peerName(peer) : own && "Bitdial"],
    ["peer_attention", peer?.attention],
    ["peer_logit_difference_max", peer?.agreement.maxDifference],
    ["peer_logit_positions", peer?.agreement.positions],
    ...taskColumns(entry?.tasks ?? null),
    ...profileColumns(report, entry),
  ];
}

function sizeColumns(entry: ReportEntry | null): Column[] {
  return [
    ["total_bytes", entry?.bytes.total],
    ["layer_weights_bytes", entry?.bytes.layerWeights],
    ["layer_scales_bytes", entry?.bytes.layerScales],
    ["layer_positions_bytes", entry?.bytes.layerPositions],
    ["embedding_bytes", entry?.bytes.embedding],
    ["norms_bytes", entry?.bytes.norms],
    ["bits_per_weight", entry?.bitsPerWeight],
    ["layer_bits_per_weight", entry?.layerBitsPerWeight],
    ["kernel_family", entry?.kernelFamily],
    ["dispatches_per_token", entry?.dispatchesPerToken],
    ["kernel_checks_passed", entry?.checks.passed],
    ["kernel_checks_failed", entry?.checks.failed.length],
  ];
}

function qualityColumns(quality: ReportQuality | null): Column[] {
  return [
    ["window_tokens", quality?.window],
    ["stride_tokens", quality?.stride],
    ["scored_tokens", quality?.tokens],
    ["scorable_tokens", quality?.totalTokens],
    ["scoring_ended_by", quality?.ended],
    ...estimateColumns("nll_nats_per_token", quality?.nll.candidate),
    ...estimateColumns("nll_reference_nats_per_token", quality?.nll.reference),
    ...estimateColumns("nll_difference_nats_per_token", quality?.nll.difference),
    ...estimateColumns("perplexity", quality?.perplexity.candidate),
    ...estimateColumns("perplexity_reference", quality?.perplexity.reference),
    ...estimateColumns("perplexity_ratio", quality?.perplexity.ratio),
    ...estimateColumns("kl_mean_nats_per_token", quality?.kl.mean),
    ["kl_median_nats_per_token", quality?.kl.median],
    ["kl_p95_nats_per_token", quality?.kl.p95],
    ["kl_p99_nats_per_token", quality?.kl.p99],
    ["kl_max_nats_per_token", quality?.kl.max],
    ...estimateColumns("reverse_kl_mean_nats_per_token", quality?.reverseKl),
    ...estimateColumns("entropy_difference_nats_per_token", quality?.entropyDifference),
    ...estimateColumns("top1_agreement_share", quality?.top1),
    ...estimateColumns("top5_overlap_share", quality?.top5),
    ["bits_per_byte", quality?.bitsPerByte?.candidate],
    ["bits_per_byte_reference", quality?.bitsPerByte?.reference],
  ];
}

function timingColumns(name: string, unit: string, timing: Timing | null): Column[] {
  return [
    [`${name}_repeats`, timing?.samples],
    [`${name}_${unit}_median`, timing?.medianMs],
    [`${name}_${unit}_p10`, timing?.p10Ms],
    [`${name}_${unit}_p90`, timing?.p90Ms],
    [`${name}_tokens_per_second_median`, timing?.tokensPerSecond],
  ];
}

/** Counts are of one repeat: the prompt with its first token, and all tokens after it. Curves are of the JSON alone. */
function speedDetailColumns(speed: ReportSpeed | null): Column[] {
  const counters = speed?.counters;
  return [
    ["speed_repeats_ended", speed?.stopped?.because],
    ["speed_order", speed?.order],
    ["cold_ready_ms", speed?.cold?.readyMs],
    ["cold_prefill_ms_per_prompt", speed?.cold?.prefillMs],
    ["cold_decode_ms_per_token", speed?.cold?.decodeMs],
    ["prefill_submits", counters?.prefill.submits],
    ["prefill_dispatches", counters?.prefill.dispatches],
    ["prefill_readback_bytes", counters?.prefill.readbackBytes],
    ["decode_submits", counters?.decode.submits],
    ["decode_dispatches", counters?.decode.dispatches],
    ["decode_readback_bytes", counters?.decode.readbackBytes],
    ["gpu_live_bytes", counters?.liveBytes],
    ["gpu_peak_bytes", counters?.peakBytes],
  ];
}
