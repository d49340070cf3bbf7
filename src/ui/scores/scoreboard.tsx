import { useBitdial } from "../use-store.ts";
import { KernelTimes } from "./kernel-times.tsx";
import { KlAlong } from "./kl-along.tsx";
import { MeasureBar } from "./measure-bar.tsx";
import { QualityScores } from "./quality-scores.tsx";
import { SizeScore } from "./size-score.tsx";
import { SpeedScores } from "./speed-scores.tsx";

export function Scoreboard() {
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const row = useBitdial(({ rows }) => rows.find((other) => other.setting === setting));
  const reference = useBitdial(({ rows }) => rows.find((other) => other.side === "reference"));
  return (
    <section aria-label="Scores of the candidate" className="@container">
      <dl className="grid grid-cols-2 gap-px bg-line @min-[420px]:grid-cols-3 @min-[700px]:grid-cols-6">
        <SizeScore row={row} reference={reference} />
        <QualityScores quality={row?.quality ?? null} />
        <SpeedScores row={row} reference={reference} />
      </dl>
      <MeasureBar quality={row?.quality ?? null} speed={row?.speed ?? null} />
      <KlAlong />
      <KernelTimes row={row} />
    </section>
  );
}
