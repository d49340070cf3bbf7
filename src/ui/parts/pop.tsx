import { lazy, type ReactNode, Suspense } from "react";
import { useBitdial } from "../use-store.ts";
import { Guard } from "./guard.tsx";

const PopCard = lazy(async () => ({ default: (await import("./pop-card.tsx")).PopCard }));

export interface PopProps {
  readonly label: string;
  /** What the chip itself shows. */
  readonly chip: ReactNode;
  readonly children: ReactNode;
}

const look =
  "inline-flex max-w-56 min-w-0 items-center gap-2 rounded-full border border-line bg-panel px-3 py-1 text-[13px] desk:max-w-80";

/** A chip in the header that opens a card of facts, once there is time to fetch what opens it. */
export function Pop(props: PopProps) {
  const ready = useBitdial((state) => state.boot === "ready");
  const plain = <span className={look}>{props.chip}</span>;
  if (!ready) return plain;
  return (
    <Guard fallback={plain}>
      <Suspense fallback={plain}>
        <PopCard {...props} look={look} />
      </Suspense>
    </Guard>
  );
}
