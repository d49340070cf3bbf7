import { useEffect } from "react";
import { BottomBar } from "../bottom-bar.tsx";
import { CurvesCard } from "../charts/curves-card.tsx";
import { ErrorsCard } from "../charts/errors-card.tsx";
import { TextCard } from "../charts/text-card.tsx";
import { ReportsCard } from "../reports/reports-card.tsx";
import { useBitdial } from "../use-store.ts";
import { FrontCard } from "./front-card.tsx";
import { QualityCard } from "./quality-card.tsx";
import { ResultsCard } from "./results-card.tsx";
import { SweepCard } from "./sweep-card.tsx";
import { WordsCard } from "./words-card.tsx";

/** Many settings, measured on this device, and which of them nothing beats. */
export function Lab() {
  const restoreSweep = useBitdial((state) => state.restoreSweep);
  useEffect(() => void restoreSweep(), [restoreSweep]);
  return (
    <>
      <h1 className="sr-only">Lab</h1>
      <div className="mx-auto grid max-w-[1760px] items-start gap-3 p-3 pb-28 tablet:gap-4 tablet:p-4 tablet:px-5 desk:grid-cols-[316px_minmax(0,1fr)]">
        <SweepCard />
        <div className="grid min-w-0 gap-3 tablet:gap-4">
          <FrontCard />
          <WordsCard />
          <ResultsCard />
          <QualityCard />
          <Compared />
          <CurvesCard />
          <ErrorsCard />
          <TextCard />
          <ReportsCard />
        </div>
      </div>
      <BottomBar />
    </>
  );
}

/** The charts below are of one setting, the one that the dials stand at. */
function Compared() {
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const reference = useBitdial((state) => state.reference?.setting ?? "");
  return (
    <p className="px-1 text-[13px] text-soft">
      Below, one setting is looked at more closely: <code className="font-mono">{setting}</code>{" "}
      against <code className="font-mono">{reference}</code>. A row of the results loads another.
    </p>
  );
}
