import { lazy } from "react";
import type { SessionRow } from "../../store/types.ts";
import { FetchedDetails } from "../parts/fetched-details.tsx";

const KernelDetails = lazy(async () => ({
  default: (await import("./kernel-details.tsx")).KernelDetails,
}));

/** Where the time of a token goes, measured on demand, and which variant of each kernel runs. */
export function KernelTimes({ row }: { readonly row: SessionRow | undefined }) {
  const dispatches = row && (
    <span className="ml-auto text-faint">{row.dispatchesPerToken} dispatches a token</span>
  );
  return (
    <FetchedDetails title="Time per kernel" aside={dispatches}>
      <KernelDetails row={row} />
    </FetchedDetails>
  );
}
