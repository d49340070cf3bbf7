import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";
import { ChooseModel } from "./choose-model.tsx";
import { PreviewCard } from "./preview-card.tsx";

/** The chooser, the card of what was chosen, and its progress. */
export function OpenModel() {
  const stage = useBitdial((state) => state.openStage);
  const fault = useBitdial((state) => state.openFault);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4">
      {stage === "card" && <PreviewCard />}
      {stage === "choose" && <ChooseModel />}
      {(stage === "looking" || stage === "fetching") && <Working />}
      <p role="alert" className="rounded-field bg-bad-wash p-3 text-bad wrap-anywhere empty:hidden">
        {fault}
      </p>
    </div>
  );
}

function Working() {
  const stage = useBitdial((state) => state.openStage);
  const name = useBitdial((state) => state.preview?.model.name ?? state.openText);
  const fraction = useBitdial((state) => state.openFraction);
  const note = useBitdial((state) => state.openNote);
  const leaveCard = useBitdial((state) => state.leaveCard);
  return (
    <section aria-labelledby="open-working">
      <h3 id="open-working" className="font-semibold wrap-anywhere">
        {stage === "looking" ? "Reading what it is" : `Loading ${name}`}
      </h3>
      <progress
        aria-label="Progress"
        className="mt-3 mb-1.5 h-2 w-full accent-accent"
        max={1}
        {...(fraction === null ? {} : { value: fraction })}
      />
      <p className="truncate font-mono text-xs text-soft" title={note}>
        {note || "…"}
      </p>
      <div className="mt-4 flex justify-end">
        <Button onClick={leaveCard}>Cancel</Button>
      </div>
    </section>
  );
}
