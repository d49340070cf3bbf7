import type { CurveSample } from "../engine/protocol.ts";
import type { SpeedDetails } from "./report-speed.ts";
import type { SteadySample } from "./steady.ts";

/** What is measured of a speed besides its sample. */
export interface SpeedExtras {
  readonly stopped?: Pick<SteadySample, "stopped" | "rule"> | null;
  readonly order?: "in turns" | "one after another" | null;
  readonly curves?: CurveSample | null;
}

export function extrasPart({ stopped, order, curves }: SpeedExtras): SpeedDetails {
  return {
    stopped: stopped ? { because: stopped.stopped, ...stopped.rule } : null,
    order: order ?? null,
    byPosition: curves
      ? curves.byPosition.map(({ position, decodeMs }) => ({ position, decodeMs: [...decodeMs] }))
      : null,
    prefillByTokens: curves
      ? curves.prefillByTokens.map(({ tokens, prefillMs }) => ({
          tokens,
          prefillMs: [...prefillMs],
        }))
      : null,
  };
}
