import { createStore, type StoreApi } from "zustand/vanilla";
import { bootState, bootVerbs } from "./boot.ts";
import { exportVerbs } from "./export.ts";
import { createJobs } from "./jobs.ts";
import type { Kit } from "./kit.ts";
import {
  besideState,
  chartState,
  chatState,
  kernelsState,
  labState,
  labTasksState,
  reportsState,
} from "./late-state.ts";
import { lateVerbs } from "./late-verbs.ts";
import { measureState, measureVerbs } from "./measure.ts";
import { openState, openVerbs } from "./open-verbs.ts";
import { textState, textVerbs } from "./own-text.ts";
import { pageState, pageVerbs } from "./page.ts";
import { sessionState, sessionVerbs } from "./rows.ts";
import { dialState, dialVerbs } from "./turn.ts";
import type { State, Surroundings } from "./types.ts";
import { writeState, writeVerbs } from "./write.ts";

export type BitdialStore = StoreApi<State>;

/** Everything the page knows, as plain data, and the verbs that change it. */
export function createBitdial(around: Surroundings): BitdialStore {
  return createStore<State>()((set, get) => {
    const jobs = createJobs(() => around.engine.cancel());
    const kit: Kit = { around, jobs, get, set };
    return {
      ...bootState,
      ...dialState,
      ...writeState,
      ...measureState,
      ...sessionState,
      ...labState,
      ...labTasksState,
      ...textState,
      ...reportsState,
      ...chartState,
      ...besideState,
      ...kernelsState,
      ...openState(around),
      ...chatState,
      ...pageState(around),
      ...bootVerbs(kit),
      ...dialVerbs(kit),
      ...writeVerbs(kit),
      ...measureVerbs(kit),
      ...sessionVerbs(kit),
      ...exportVerbs(kit),
      ...textVerbs(kit),
      ...openVerbs(kit),
      ...lateVerbs(kit),
      ...pageVerbs(kit),
    };
  });
}
