import { foreignQuality, verifyReport } from "../lab/verify-run.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { qualityText } from "./defaults.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import type { Report, ReportVerbs, Verification } from "./report-types.ts";
import { applyDial } from "./turn.ts";

type VerifyVerbs = Pick<ReportVerbs, "verifyReport" | "stopVerifying" | "dismissVerification">;

/** Measures a report again with the page's own engine, and gives dial and reference back. */
export function verifyVerbs(kit: Kit): VerifyVerbs {
  const { around, jobs, get, set } = kit;

  function change(part: Partial<Verification>): void {
    const { verification } = get();
    if (verification) set({ verification: { ...verification, ...part } });
  }

  async function work(report: Report, signal: AbortSignal): Promise<void> {
    const text = await textFor(kit, report);
    const own = get().reference?.setting;
    let held = own;
    try {
      if (signal.aborted) return;
      await verifyReport(around.engine, report, text, {
        signal,
        onProgress: (progress) => change({ progress }),
        onState(state) {
          if (state.side === "reference") held = state.setting;
          else set({ applied: state });
        },
        onVerdicts(verdicts) {
          const { verification } = get();
          if (!verification) return;
          change({
            verdicts: [...verification.verdicts, ...verdicts],
            done: verification.done + 1,
          });
        },
      });
    } finally {
      // Every other figure of the page is against its own reference, whoever works next.
      if (own !== undefined && held !== own) {
        await around.engine.apply("reference", own, () => {});
      }
    }
  }

  return {
    async verifyReport(id) {
      const report = get().imported.find((other) => other.id === id)?.report;
      if (!report) return;
      const begun: Verification = {
        id,
        status: "running",
        progress: null,
        verdicts: [],
        done: 0,
        count: report.settings.length,
        fault: modelFault(kit, report),
      };
      if (begun.fault !== null) {
        await get().stopVerifying();
        set({ verification: { ...begun, status: "failed" } });
        return;
      }
      await jobs.run(async (signal) => {
        set({ verification: begun, activity: "verify" });
        try {
          await work(report, signal);
          change({ status: signal.aborted ? "stopped" : "done" });
        } catch (error) {
          change(
            signal.aborted ? { status: "stopped" } : { status: "failed", fault: sentenceOf(error) },
          );
        } finally {
          change({ progress: null });
          set({ activity: "idle" });
        }
        if (!signal.aborted) await applyDial(kit, signal);
      });
    },
    async stopVerifying() {
      if (get().verification?.status !== "running") return;
      await jobs.run(async (signal) => void (await applyDial(kit, signal)));
    },
    dismissVerification() {
      if (get().verification?.status !== "running") set({ verification: null });
    },
  };
}

function modelFault({ get }: Kit, { model, settings }: Report): string | null {
  const here = get().model;
  if (!here) return "There is no model here yet to measure with.";
  if (here.sha256 !== model.sha256) {
    return `This report is of the model ${model.name} (SHA-256 ${short(model.sha256)}), and ${here.name} (${short(here.sha256)}) is loaded here: open that model to verify it.`;
  }
  return settings.length === 0 ? "This report has no settings to verify." : null;
}

/** The text, which must be the reported one to the byte; empty where none was scored. */
async function textFor({ around }: Kit, report: Report): Promise<string> {
  if (report.settings.every(({ quality }) => quality === null)) return "";
  const text = await around.readText(qualityText.path);
  const other = foreignQuality(report, await sha256Hex(text));
  if (!other) return text;
  throw new Error(
    `Quality was measured on ${other.text.name} (SHA-256 ${short(other.text.sha256)}), and this page has ${qualityText.name}, another text: verify it on the command line with --text.`,
  );
}

/** Twelve digits of a hash tell it from any other. */
function short(sha256: string): string {
  return `${sha256.slice(0, 12)}…`;
}
