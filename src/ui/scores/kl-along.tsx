import { lazy } from "react";
import { FetchedDetails } from "../parts/fetched-details.tsx";

const TextCard = lazy(async () => ({
  default: (await import("../charts/text-card.tsx")).TextCard,
}));

/** Where along a text the quality goes. */
export function KlAlong() {
  return (
    <FetchedDetails title="KL token by token">
      <TextCard framed={false} />
    </FetchedDetails>
  );
}
