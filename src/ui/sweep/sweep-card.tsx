import { sweepChoices, sweepLeft } from "../../store/lab.ts";
import type { SweepChoice, SweepLength } from "../../store/types.ts";
import { counted, widthOf } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { Segment } from "../parts/segment.tsx";
import { useBitdial } from "../use-store.ts";
import { FamilyRange } from "./family-range.tsx";

const names: Readonly<Record<SweepChoice, { label: string; what: string }>> = {
  bits: { label: "bits", what: "Every width, symmetric and with zero points, in groups of 32." },
  groups: {
    label: "groups",
    what: "Every symmetric width in groups of 32, 64, 128 and whole rows.",
  },
  methods: { label: "methods", what: "Four bits and fewer, rounded and with a searched range." },
  sparse: { label: "2:4", what: "Every format with two of four weights kept." },
  activations: {
    label: "activations",
    what: "8, 4 and 2 bits with activations of 8, 4 and 2 bits.",
  },
  everything: { label: "everything", what: "All of the lists above." },
  range: { label: "by family", what: "Formats of some families, in a range of widths." },
  own: { label: "my own", what: "Settings that you name." },
};

const lengths = [
  { tokens: 512, label: "512" },
  { tokens: 2048, label: "2,048" },
  { tokens: null, label: "all" },
  { tokens: "narrow", label: "±5 %" },
] as const satisfies readonly { tokens: SweepLength; label: string }[];
const lengthOf = (value: string): SweepLength =>
  lengths.find(({ tokens }) => String(tokens) === value)?.tokens ?? null;

export function SweepCard() {
  const choice = useBitdial((state) => state.sweepChoice);
  const tokens = useBitdial((state) => state.sweepTokens);
  const running = useBitdial((state) => state.sweepStatus === "running");
  const started = useBitdial((state) => state.sweepEntries.length > 0);
  const chooseSweep = useBitdial((state) => state.chooseSweep);
  const setSweepTokens = useBitdial((state) => state.setSweepTokens);
  return (
    <section aria-labelledby="sweep-title" className="card desk:sticky desk:top-17">
      <h2 id="sweep-title" className="card-title px-4 pt-3">
        Sweep
      </h2>
      <div className="px-4 py-3">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box. */}
        <div role="group" aria-label="Settings to measure" className="flex flex-wrap gap-1">
          {sweepChoices.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={choice === name}
              disabled={running}
              className="rounded-full border border-line px-2.5 py-0.5 text-[12.5px] text-soft hover:border-faint disabled:opacity-60 aria-pressed:border-transparent aria-pressed:bg-accent-wash aria-pressed:font-semibold aria-pressed:text-accent"
              onClick={() => chooseSweep(name)}
            >
              {names[name].label}
            </button>
          ))}
        </div>
        <p className="mt-2 text-xs text-soft">{names[choice].what}</p>
        {choice === "own" && <OwnList />}
        {choice === "range" && <FamilyRange disabled={running} />}
      </div>
      <div className="border-t border-line px-4 py-3">
        <p className="mb-1.5 flex justify-between text-[13px]">
          Tokens to score
          <span className="text-xs text-soft">more is surer, and slower</span>
        </p>
        <Segment
          label="Tokens to score"
          options={lengths.map((length) => ({
            value: String(length.tokens),
            label: length.label,
            chosen: length.tokens === tokens,
            reason:
              started || running
                ? "rows of different lengths do not compare; clear the results first"
                : null,
          }))}
          onChoose={(value) => setSweepTokens(lengthOf(value))}
        />
      </div>
      {tokens === "narrow" && (
        <p className="-mt-1 px-4 pb-3 text-xs text-soft">
          Each setting until the 95 % interval of its mean KL lies within 5 % of it, or the text
          ends.
        </p>
      )}
      <Run />
    </section>
  );
}

function OwnList() {
  const text = useBitdial((state) => state.sweepList);
  const editSweepList = useBitdial((state) => state.editSweepList);
  return (
    <div className="field mt-2">
      <textarea
        aria-label="Settings, commas or lines between them"
        rows={4}
        spellCheck={false}
        className="w-full bg-transparent px-2.5 py-2 font-mono text-[13px]"
        value={text}
        onChange={(event) => editSweepList(event.currentTarget.value)}
      />
    </div>
  );
}

function Run() {
  const status = useBitdial((state) => state.sweepStatus);
  const done = useBitdial((state) => state.sweepEntries.length);
  const fault = useBitdial((state) => state.sweepFault);
  const left = useBitdial(sweepLeft);
  const runSweep = useBitdial((state) => state.runSweep);
  const pauseSweep = useBitdial((state) => state.pauseSweep);
  const clearSweep = useBitdial((state) => state.clearSweep);
  return (
    <div className="border-t border-line px-4 py-3">
      {status === "running" ? (
        <Progress />
      ) : (
        <p className="text-xs text-soft">{words(done, left)}</p>
      )}
      <div className="mt-2.5 flex gap-2">
        {status === "running" ? (
          <Button className="flex-1" onClick={() => void pauseSweep()}>
            Pause
          </Button>
        ) : (
          <Button
            look="go"
            className="flex-1"
            disabled={left === 0}
            onClick={() => void runSweep()}
          >
            {done > 0 ? "Go on" : "Measure"}
          </Button>
        )}
        {done > 0 && status !== "running" && (
          <Button onClick={() => void clearSweep()}>Clear</Button>
        )}
      </div>
      <p role="status" className="mt-2 text-xs text-bad empty:hidden">
        {fault}
      </p>
    </div>
  );
}

function words(done: number, left: number | null): string {
  const measured = done > 0 ? `${counted(done, "setting")} measured` : "";
  const rest =
    left === null ? "" : left === 0 ? "nothing left" : `${counted(left, "setting")} to measure`;
  return [measured, rest].filter((part) => part !== "").join(", ");
}

function Progress() {
  const progress = useBitdial((state) => state.sweepProgress);
  if (!progress) return <p className="text-xs text-soft">Starting …</p>;
  const { done, count, setting, note, fraction, leftMs } = progress;
  return (
    <div>
      <p className="flex justify-between gap-3 text-xs text-soft">
        <span>
          {done + 1} of {counted(count, "setting")}
        </span>
        <span>{leftMs === null ? "" : `${minutes(leftMs)} left`}</span>
      </p>
      <div
        role="progressbar"
        aria-label="Sweep"
        aria-valuenow={Math.round(fraction * 100)}
        className="my-1.5 h-1.5 overflow-hidden rounded-full bg-sunk"
      >
        <div className="h-full bg-accent" style={{ width: widthOf(fraction) }} />
      </div>
      <p className="truncate font-mono text-[11px] text-soft">
        {setting}: {note}
      </p>
    </div>
  );
}

function minutes(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
