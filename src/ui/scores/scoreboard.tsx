import { useBitdial } from "../use-store.ts";
import { KernelTimes } from "./kernel-times.tsx";
import { MeasureBar } from "./measure-bar.tsx";
import { QualityScores } from "./quality-scores.tsx";
import { SizeScore } from "./size-score.tsx";
import { SpeedScores } from "./speed-scores.tsx";

export function Scoreboard() {
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const row = useBitdial(({ rows }) => rows.find((other) => other.setting === setting));
  const reference = useBitdial(({ rows }) => rows.find((other) => other.side === "reference"));
  return (
    <section aria-label="Scores of the candidate" className="border-t border-line">
      <dl className="scores grid grid-cols-2 tablet:grid-cols-3 desk:grid-cols-6">
        <SizeScore row={row} reference={reference} />
        <QualityScores quality={row?.quality ?? null} />
        <SpeedScores row={row} reference={reference} />
      </dl>
      <MeasureBar quality={row?.quality ?? null} speed={row?.speed ?? null} />
      <KernelTimes row={row} />
    </section>
  );
}
