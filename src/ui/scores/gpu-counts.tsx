import type { SpeedSummary } from "../../store/types.ts";
import { megabytes, milliseconds, whole } from "../figures.ts";

/** What one repeat of the speed measurement asked of the GPU, and what a first run cost. */
export function GpuCounts({ speed }: { readonly speed: SpeedSummary | undefined }) {
  const counters = speed?.counters;
  if (!speed || !counters) return null;
  const { prefill, decode, liveBytes, peakBytes } = counters;
  const rows = [
    { name: "dispatches", of: (counts: typeof prefill) => whole(counts.dispatches) },
    { name: "submits", of: (counts: typeof prefill) => whole(counts.submits) },
    { name: "bytes read back", of: (counts: typeof prefill) => whole(counts.readbackBytes) },
  ];
  return (
    <div className="pb-3">
      <table className="figures">
        <thead>
          <tr>
            <th>one repeat</th>
            <th>{speed.promptTokens} read</th>
            <th>{speed.tokens - 1} more written</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, of }) => (
            <tr key={name}>
              <td className="font-sans">{name}</td>
              <td>{of(prefill)}</td>
              <td>{of(decode)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="px-4 pt-2 text-soft">
        {megabytes(liveBytes)} MB of GPU buffers live, {megabytes(peakBytes)} MB at most since the
        device was opened.
        {speed.cold &&
          ` The first run, not counted: ${milliseconds(speed.cold.prefillMs)} for the prompt, ${milliseconds(speed.cold.decodeMs)} a token.`}
      </p>
    </div>
  );
}
