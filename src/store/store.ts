import { createStore, type StoreApi } from "zustand/vanilla";
import { besideState, besideVerbs } from "./beside.ts";
import { bootState, bootVerbs } from "./boot.ts";
import { chartState, chartVerbs } from "./charts.ts";
import { exportVerbs } from "./export.ts";
import { createJobs } from "./jobs.ts";
import type { Kit } from "./kit.ts";
import { labState, labVerbs } from "./lab.ts";
import { labTasksState, labTasksVerbs } from "./lab-tasks.ts";
import { measureState, measureVerbs } from "./measure.ts";
import { openState, openVerbs } from "./open-verbs.ts";
import { textState, textVerbs } from "./own-text.ts";
import { pageState, pageVerbs } from "./page.ts";
import { reportsState, reportVerbs } from "./reports.ts";
import { sessionState, sessionVerbs } from "./rows.ts";
import { dialState, dialVerbs } from "./turn.ts";
import type { State, Surroundings } from "./types.ts";
import { verifyVerbs } from "./verify.ts";
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
      ...openState(around),
      ...pageState(around),
      ...bootVerbs(kit),
      ...dialVerbs(kit),
      ...writeVerbs(kit),
      ...measureVerbs(kit),
      ...sessionVerbs(kit),
      ...exportVerbs(kit),
      ...labVerbs(kit),
      ...labTasksVerbs(kit),
      ...textVerbs(kit),
      ...reportVerbs(kit),
      ...verifyVerbs(kit),
      ...chartVerbs(kit),
      ...besideVerbs(kit),
      ...openVerbs(kit),
      ...pageVerbs(kit),
    };
  });
}
