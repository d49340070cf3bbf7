import { besideState } from "./late-state.ts";
import { emptyPane } from "./panes.ts";
import { sessionState } from "./rows.ts";
import type { State } from "./types.ts";

/** What was written, measured and drawn of one model says nothing about the next. */
export const freshState: Partial<State> = {
  ...sessionState,
  ...besideState,
  problem: null,
  reference: null,
  applied: null,
  estimates: {},
  panes: { reference: emptyPane, candidate: emptyPane },
  comparisons: [],
  picked: null,
  promptTokens: null,
  writeFault: null,
  measureFault: null,
  counters: null,
  variantChoices: {},
  sweepEntries: [],
  sweepStatus: "idle",
  sweepProgress: null,
  sweepFault: null,
  trace: null,
  nextToken: null,
  layerErrors: null,
  chartFault: null,
  aim: null,
  chatTurns: [],
  chatPrompt: "",
  chatFault: null,
};
