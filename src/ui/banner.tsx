import { X } from "lucide-react";
import { Button } from "./parts/button.tsx";
import { useBitdial } from "./use-store.ts";

/** What went wrong with the GPU, in a sentence, and a way on. */
export function Banner() {
  const problem = useBitdial((state) => state.problem);
  const applied = useBitdial((state) => state.applied?.setting ?? null);
  const setting = useBitdial((state) => state.setting);
  const turnTo = useBitdial((state) => state.turnTo);
  const restart = useBitdial((state) => state.restart);
  const dismiss = useBitdial((state) => state.dismissProblem);
  if (!problem) return null;
  // News of what went on without a model or a GPU being in the way.
  const back = problem.kind === "back" || problem.kind === "kept";
  return (
    <div
      role="alert"
      className={`flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-5 py-2.5 ${back ? "bg-accent-wash text-ink" : "bg-bad-wash text-bad"}`}
    >
      <p className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">{problem.sentence}</p>
      {applied !== null && applied !== setting && !problem.recovering && (
        <Button onClick={() => turnTo(applied)}>Back to {applied}</Button>
      )}
      {!back && !problem.recovering && (
        <Button onClick={() => void restart()}>Restart the engine</Button>
      )}
      {!problem.recovering && (
        <button type="button" aria-label="Dismiss" className="p-1" onClick={dismiss}>
          <X size={16} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
