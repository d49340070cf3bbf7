import { Check } from "lucide-react";
import type { LoadPhase } from "../../store/types.ts";
import { widthOf } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

const phases: readonly { readonly phase: LoadPhase; readonly words: string }[] = [
  { phase: "download", words: "Download the model" },
  { phase: "read", words: "Read its files" },
  { phase: "pack", words: "Pack the weights" },
  { phase: "compile", words: "Compile kernels, pick the fastest" },
  { phase: "self-check", words: "Check them against the CPU" },
  { phase: "ready", words: "Ready" },
];

export function Loading() {
  const boot = useBitdial((state) => state.boot);
  const phase = useBitdial((state) => state.phase);
  const sentence = useBitdial((state) => state.bootSentence);
  const cancelLoading = useBitdial((state) => state.cancelLoading);
  const restart = useBitdial((state) => state.restart);
  const own = useBitdial((state) => state.opened !== null || state.linked !== null);
  const openEmbedded = useBitdial((state) => state.openEmbedded);
  const at = phases.findIndex((row) => row.phase === phase);
  const stopped = boot === "failed" || boot === "cancelled";
  return (
    <section aria-labelledby="loading" className="card mx-auto mt-[8vh] max-w-md p-6">
      <h1 id="loading" className="text-lg font-semibold tracking-tight">
        {boot === "failed" ? "The engine could not start" : "Getting the model ready"}
      </h1>
      <p className="mt-1 text-soft">
        A small language model, run and measured on your own machine. Nothing leaves it.
      </p>
      {stopped && (
        <p role="alert" className="mt-4 rounded-field bg-bad-wash p-3 text-bad">
          {sentence}
        </p>
      )}
      <ol className="mt-5 grid gap-2.5">
        {phases.map(({ phase: name, words }, row) => (
          <li key={name} className={row <= at ? "" : "text-faint"}>
            <span className="flex items-center gap-2.5">
              <Bullet done={row < at} current={row === at && !stopped} />
              <span className={row === at ? "font-medium" : ""}>{words}</span>
            </span>
            {row === at && !stopped && <PhaseProgress />}
          </li>
        ))}
      </ol>
      <div className="mt-6 flex justify-end gap-2">
        {stopped && own && (
          <Button onClick={() => void openEmbedded()}>Use the embedded model</Button>
        )}
        {stopped ? (
          <Button look="go" onClick={() => void restart()}>
            Try again
          </Button>
        ) : (
          <Button onClick={cancelLoading}>Cancel</Button>
        )}
      </div>
    </section>
  );
}

function Bullet({ done, current }: { readonly done: boolean; readonly current: boolean }) {
  if (done) return <Check size={16} className="text-good" aria-label="done" />;
  return (
    <span className="grid size-4 place-items-center" aria-hidden="true">
      <span
        className={`rounded-full ${current ? "size-2.5 animate-pulse bg-accent" : "size-2 border border-faint"}`}
      />
    </span>
  );
}

function PhaseProgress() {
  const fraction = useBitdial((state) => state.fraction);
  const note = useBitdial((state) => state.note);
  return (
    <div className="mt-1.5 ml-6.5">
      <div
        role="progressbar"
        aria-label="Progress of this step"
        aria-valuemin={0}
        aria-valuemax={100}
        {...(fraction === null ? {} : { "aria-valuenow": Math.round(fraction * 100) })}
        className="h-1.5 overflow-hidden rounded bg-sunk"
      >
        <div
          className={`h-full bg-accent ${fraction === null ? "w-1/3 animate-pulse" : ""}`}
          {...(fraction === null ? {} : { style: { width: widthOf(fraction) } })}
        />
      </div>
      <p className="mt-1 truncate font-mono text-xs text-faint">{note || " "}</p>
    </div>
  );
}
