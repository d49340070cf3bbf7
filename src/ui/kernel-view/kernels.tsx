import { useEffect } from "react";
import { BottomBar } from "../bottom-bar.tsx";
import { useBitdial } from "../use-store.ts";
import { KeptCopies } from "./kept-copies.tsx";
import { ListCard } from "./list-card.tsx";
import { RooflineCard } from "./roofline-card.tsx";
import { SourceCard } from "./source-card.tsx";
import { VariantsCard } from "./variants-card.tsx";

/** Single kernels: how fast each is here, which variant is the fastest, and the text of it, to be read or changed. */
export function Kernels() {
  const showKernel = useBitdial((state) => state.showKernel);
  const format = useBitdial((state) => state.kernelFormat);
  useEffect(() => void showKernel(format), [showKernel, format]);
  return (
    <>
      <h1 className="sr-only">Kernels</h1>
      <div className="mx-auto grid max-w-[1760px] items-start gap-3 p-3 pb-28 tablet:gap-4 tablet:p-4 tablet:px-5 desk:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <ListCard />
        <div className="grid min-w-0 gap-3 tablet:gap-4">
          <VariantsCard />
          <SourceCard />
          <KeptCopies />
          <RooflineCard />
        </div>
      </div>
      <BottomBar />
    </>
  );
}
