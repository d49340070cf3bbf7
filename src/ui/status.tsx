import { useMemo } from "react";
import { partsAt } from "../store/panes.ts";
import { counted, nats } from "./figures.ts";
import { useBitdial } from "./use-store.ts";

/** Tells a screen reader what the eye sees: only when something begins or ends, never per token. */
export function Status() {
  const activity = useBitdial((state) => state.activity);
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const reference = useBitdial((state) => state.panes.reference);
  const candidate = useBitdial((state) => state.panes.candidate);
  const kl = useBitdial(({ rows, applied }) => {
    const quality = rows.find((row) => row.setting === applied?.setting)?.quality;
    return quality && quality.ended !== null ? quality.summary.kl.value : null;
  });
  const parts = useMemo(() => partsAt(reference, candidate), [reference, candidate]);
  return (
    <output aria-live="polite" className="sr-only">
      {activity === "idle"
        ? [
            `Setting ${setting}.`,
            candidate.stop === null
              ? ""
              : `The candidate wrote ${counted(candidate.tokens.length, "token")}; ${parts === null ? "both texts are the same" : `the texts part at token ${parts + 1}`}.`,
            kl === null ? "" : `KL ${nats(kl)} nats.`,
          ]
            .filter((sentence) => sentence !== "")
            .join(" ")
        : words[activity]}
    </output>
  );
}

const words = {
  applying: "Applying the setting.",
  writing: "Writing.",
  speed: "Measuring speed.",
  quality: "Measuring quality.",
  sweep: "Measuring the settings of a sweep.",
  verify: "Measuring a report again.",
  kernels: "Timing the kernels.",
  chart: "Measuring for a chart.",
} as const;
