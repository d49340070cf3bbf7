import { besideVerbs } from "./beside.ts";
import { chartVerbs } from "./charts.ts";
import { chatVerbs } from "./chat.ts";
import { kernelVerbs } from "./kernels.ts";
import type { Kit } from "./kit.ts";
import { labVerbs } from "./lab.ts";
import { labTasksVerbs } from "./lab-tasks.ts";
import { reportVerbs } from "./reports.ts";
import { verifyVerbs } from "./verify.ts";

/** What the first text does not need; `late-verbs.ts` fetches this file when one of them is called. */
export function fetchedVerbs(kit: Kit) {
  return {
    ...labVerbs(kit),
    ...labTasksVerbs(kit),
    ...reportVerbs(kit),
    ...verifyVerbs(kit),
    ...chartVerbs(kit),
    ...besideVerbs(kit),
    ...kernelVerbs(kit),
    ...chatVerbs(kit),
  };
}

export type FetchedVerbs = ReturnType<typeof fetchedVerbs>;
