import type { BesideState } from "./beside-types.ts";
import type { ChatState } from "./chat-types.ts";
import { quickTokens } from "./defaults.ts";
import type { LabTasksState } from "./own-types.ts";
import type { ReportsState } from "./report-types.ts";
import type { ChartState, LabState } from "./types.ts";

// What there is before the verbs of late-verbs.ts are fetched.

export const labState: LabState = {
  sweepChoice: "bits",
  sweepList: "int4-g32, int3-g32+2:4, int2-g32+a8",
  sweepRange: { families: ["int"], least: 2, most: 6 },
  sweepTokens: quickTokens,
  sweepStatus: "idle",
  sweepProgress: null,
  sweepEntries: [],
  sweepFault: null,
};

/** Items of each task in a quick run; all of them take minutes on a software adapter. */
export const quickItems = 40;

export const labTasksState: LabTasksState = {
  sweepTasks: [],
  sweepItems: quickItems,
  ownPairs: null,
  pairsFaults: [],
};

export const reportsState: ReportsState = { imported: [], refused: [], verification: null };

export const chartState: ChartState = {
  chartKind: null,
  chartFraction: null,
  chartFault: null,
  trace: null,
  nextToken: null,
  layerErrors: null,
  aim: null,
};

export const chatState: ChatState = {
  chatSystem: "",
  chatDraft: "",
  chatTurns: [],
  chatPrompt: "",
  chatFault: null,
};

export const besideState: BesideState = {
  besideStatus: "idle",
  besideProgress: null,
  besideRows: [],
  besideNotes: [],
  besideFault: null,
};
