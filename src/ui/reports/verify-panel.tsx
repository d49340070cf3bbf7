import type { ImportedReport, Verdict, Verification } from "../../store/report-types.ts";
import { counted, widthOf } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** How measuring a report again goes, and row by row what came of it. */
export function VerifyPanel({ imported }: { readonly imported: ImportedReport }) {
  const verification = useBitdial((state) => state.verification);
  const stopVerifying = useBitdial((state) => state.stopVerifying);
  const dismiss = useBitdial((state) => state.dismissVerification);
  if (verification?.id !== imported.id) return null;
  const { status, verdicts } = verification;
  return (
    <section
      aria-label={`Verification of ${imported.name}`}
      className="border-t border-line bg-sunk/50"
    >
      <div className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
        <div className="min-w-0 flex-1 basis-60">
          {status === "running" && <Progress verification={verification} />}
          <p
            role="status"
            className={`text-[13px] wrap-anywhere empty:hidden ${tone(verification)}`}
          >
            {sentence(verification)}
          </p>
          <Here />
        </div>
        {status === "running" ? (
          <Button className="px-2.5 py-1" onClick={() => void stopVerifying()}>
            Cancel
          </Button>
        ) : (
          <Button className="px-2.5 py-1" onClick={dismiss}>
            Close
          </Button>
        )}
      </div>
      {verdicts.length > 0 && <Verdicts verdicts={verdicts} name={imported.name} />}
    </section>
  );
}

function Here() {
  const adapter = useBitdial((state) => state.adapter);
  if (!adapter) return null;
  return (
    <p className="mt-0.5 text-xs text-soft">
      Here: {adapter.name}
      {adapter.software ? ", software" : ""}
    </p>
  );
}

function Progress({ verification }: { readonly verification: Verification }) {
  const { progress, done, count } = verification;
  const fraction = progress?.fraction ?? 0;
  return (
    <div>
      <p className="text-xs text-soft">
        {done} of {counted(count, "setting")} measured again
      </p>
      <div
        role="progressbar"
        aria-label="Verification"
        aria-valuenow={Math.round(fraction * 100)}
        className="my-1.5 h-1.5 overflow-hidden rounded-full bg-sunk"
      >
        <div className="h-full bg-accent" style={{ width: widthOf(fraction) }} />
      </div>
      <p className="truncate font-mono text-[11px] text-soft">
        {progress ? `${progress.setting}: ${progress.note}` : "Starting …"}
      </p>
    </div>
  );
}

function differing(verdicts: readonly Verdict[]): number {
  return verdicts.filter(({ verdict }) => verdict === "differs").length;
}

function sentence({ status, verdicts, done, count, fault }: Verification): string {
  if (status === "running") return "";
  const judged = verdicts.filter(({ verdict }) => verdict !== "noted").length;
  const off = differing(verdicts);
  const found =
    off === 0
      ? `all ${judged} figures that should be the same everywhere are`
      : `${off} of ${judged} figures that should be the same everywhere differ`;
  const part = `After ${done} of ${counted(count, "setting")}: ${found}.`;
  switch (status) {
    case "done":
      return `${found.charAt(0).toUpperCase()}${found.slice(1)}.`;
    case "stopped":
      return done > 0 ? `Stopped. ${part}` : "Stopped before the first setting was measured.";
    case "failed":
      return done > 0 ? `${fault ?? ""} ${part}` : (fault ?? "");
    default:
      return status satisfies never;
  }
}

function tone({ status, verdicts }: Verification): string {
  if (status === "failed" || differing(verdicts) > 0) return "text-bad";
  return status === "done" ? "text-good" : "text-soft";
}

const looks = { same: "text-good", differs: "font-semibold text-bad", noted: "text-soft" } as const;

function Verdicts({
  verdicts,
  name,
}: {
  readonly verdicts: readonly Verdict[];
  readonly name: string;
}) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
      tabIndex={0}
      aria-label={`Verdicts on ${name}, a table`}
      className="max-h-112 overflow-auto"
    >
      <table className="figures">
        <thead>
          <tr>
            <th>setting</th>
            <th>figure</th>
            <th>reported</th>
            <th>here</th>
            <th>verdict</th>
            <th className="text-left!">note</th>
          </tr>
        </thead>
        <tbody>
          {keyed(verdicts).map(({ key, row, again }) => (
            <tr key={key}>
              <td>{again ? <span className="sr-only">{row.setting}</span> : row.setting}</td>
              <td>{row.figure}</td>
              <td>{row.reported}</td>
              <td>{row.here}</td>
              <td className={looks[row.verdict]}>{row.verdict}</td>
              <td className="max-w-96 truncate text-left!" title={row.note}>
                {row.note}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A report may have a setting twice, and a figure several contradictions. `again`: the setting of the row above. */
function keyed(verdicts: readonly Verdict[]) {
  return verdicts.map((row, at) => ({
    key: `${at} ${row.figure}`,
    row,
    again: row.setting === verdicts[at - 1]?.setting,
  }));
}
