import type { SessionRow } from "../../store/types.ts";
import { milliseconds, percent } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";
import { GpuCounts } from "./gpu-counts.tsx";

/** What "Time per kernel" opens. */
export function KernelDetails({ row }: { readonly row: SessionRow | undefined }) {
  const profile = useBitdial((state) => state.profile);
  const busy = useBitdial((state) => state.activity === "kernels");
  const kernels = row?.profile?.kernels ?? null;
  return (
    <div className="pb-3">
      <GpuCounts speed={row?.speed?.summary} />
      {kernels ? (
        <KernelTable kernels={kernels} />
      ) : (
        <p className="px-3.5 pb-2 text-faint">
          Runs every kernel of one token by itself, in the middle of the context (at most at
          position 512), and times it.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-3 px-3.5 pt-2">
        <Button
          className="px-2.5 py-1 text-xs"
          disabled={busy || !row}
          onClick={() => void profile()}
        >
          {kernels ? "Time them again" : "Time the kernels"}
        </Button>
      </div>
      {row && <Variants row={row} />}
    </div>
  );
}

function KernelTable({
  kernels,
}: {
  readonly kernels: NonNullable<SessionRow["profile"]>["kernels"];
}) {
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const by = kernels[0]?.measuredBy === "timestamp-query" ? "GPU timestamps" : "repeated runs";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the keyboard.
    <section aria-label="Time per kernel" tabIndex={0} className="max-h-80 overflow-auto">
      <table className="figures">
        <thead>
          <tr>
            <th>kernel</th>
            <th>shape</th>
            <th>calls</th>
            <th>a token</th>
            <th>share</th>
          </tr>
        </thead>
        <tbody>
          {kernels.map(({ label, shape, module, calls, ms, wgslSha256 }) => (
            <tr key={`${module} ${label} ${shape}`} title={`WGSL SHA-256 ${wgslSha256}`}>
              <td>{label}</td>
              <td>{shape}</td>
              <td>{calls}</td>
              <td>{milliseconds(ms)}</td>
              <td>{percent(ms / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="px-4 pt-2 text-faint">
        {milliseconds(total)} in all, by {by}; a token in the making overlaps some of it.
      </p>
    </section>
  );
}

function Variants({ row }: { readonly row: SessionRow }) {
  const choices = useBitdial((state) => state.variantChoices);
  const chooseVariant = useBitdial((state) => state.chooseVariant);
  const ops = Object.entries(row.variants);
  if (ops.length === 0) return null;
  return (
    <div className="px-3.5 pt-4">
      <h3 className="mb-1 font-semibold text-soft">Variants in use</h3>
      <p className="mb-2 text-faint">
        The fastest on this device by a short measured search, remembered for the next visit.
      </p>
      <ul className="grid gap-1">
        {ops.map(([op, variant]) => (
          <li key={op} className="flex flex-wrap items-center justify-between gap-x-3">
            <code className="font-mono text-soft">{op}</code>
            {choices[op] && choices[op].length > 1 ? (
              <select
                aria-label={`Variant of ${op}`}
                value={variant}
                className="field max-w-full px-2 py-1 font-mono"
                onChange={(event) => void chooseVariant(op, event.currentTarget.value)}
              >
                {choices[op].map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            ) : (
              <code className="font-mono">{variant}</code>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
