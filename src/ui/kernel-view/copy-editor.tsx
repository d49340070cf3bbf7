import type { CopyDraft, KernelVerdict } from "../../store/types.ts";
import { counted, milliseconds, percent, perSecond } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { ProgressBar } from "../parts/progress-bar.tsx";
import { useBitdial } from "../use-store.ts";
import { CodeEditor } from "./code-editor.tsx";

const nothing: KernelVerdict["messages"] = [];

/** A copy of a kernel's text to be changed: checked on this device, and used once it passes. */
export function CopyEditor({ draft }: { readonly draft: CopyDraft }) {
  const { source, code, verdict } = draft;
  const changeCopy = useBitdial((state) => state.changeCopy);
  const closeCopy = useBitdial((state) => state.closeCopy);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id="source-title" className="truncate font-mono text-[13px]">
            {source.label}.wgsl, a copy
          </h2>
          <p className="text-xs text-soft">
            {code === source.code ? "Not changed yet." : "Changed."} Parts begin with{" "}
            <code className="font-mono">{"// @file"}</code>; the one of{" "}
            <code className="font-mono">lib/store_set</code> has to stay as it is.
          </p>
        </div>
        <Button className="px-2.5 py-1 text-[13px]" onClick={() => void closeCopy()}>
          Close
        </Button>
      </div>
      <CodeEditor
        key={source.label}
        label={`WGSL of the copy of ${source.label}`}
        code={code}
        messages={verdict?.messages ?? nothing}
        onChange={(text) => void changeCopy(text)}
      />
      <Judge draft={draft} />
    </>
  );
}

function Judge({ draft: { code, verdict } }: { readonly draft: CopyDraft }) {
  const run = useBitdial((state) => state.kernelRun);
  const fault = useBitdial((state) => state.kernelFault);
  const judgeCopy = useBitdial((state) => state.judgeCopy);
  const takeCopy = useBitdial((state) => state.takeCopy);
  const stop = useBitdial((state) => state.stop);
  const inUse = useBitdial(({ copies }) =>
    copies.some((copy) => copy.label === verdict?.copy.label && copy.code === code),
  );
  const current = verdict?.copy.code === code;
  return (
    <div className="px-4 py-3">
      {run?.what === "judge" && (
        <div className="mb-2">
          <ProgressBar label="Checking the copy" fraction={run.fraction} note={run.note} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {run ? (
          <Button onClick={() => void stop()}>Stop</Button>
        ) : (
          <Button look="go" onClick={() => void judgeCopy()}>
            Compile, check and time
          </Button>
        )}
        <Button
          disabled={!verdict?.ok || !current || inUse || run !== null}
          onClick={() => void takeCopy()}
        >
          Use it for generation
        </Button>
        <p className="min-w-0 flex-1 basis-52 text-xs text-soft">
          {inUse
            ? "In use, and kept in this browser only."
            : "Can be used, in this browser only, once it computes what the processor does."}
        </p>
      </div>
      <div role="status">
        {fault && <p className="pt-2 text-xs text-bad">{fault}</p>}
        {verdict && !current && (
          <p className="pt-2 text-xs text-soft">
            What follows is of the text before your last change.
          </p>
        )}
        {verdict && <Verdict verdict={verdict} />}
      </div>
    </div>
  );
}

function Verdict({ verdict }: { readonly verdict: KernelVerdict }) {
  const { messages, checks, rows } = verdict;
  const wrong = checks.filter(({ fault }) => fault !== null);
  return (
    <div className="grid gap-2 pt-2 text-xs">
      {messages.length > 0 && (
        <ul aria-label="What the compiler says" className="grid gap-1">
          {messages.map(({ type, line, column, text, place }) => (
            <li
              key={`${line} ${column} ${text}`}
              className={`font-mono [overflow-wrap:anywhere] ${type === "error" ? "text-bad" : "text-heat-ink"}`}
            >
              {line > 0 ? `line ${line}, column ${column} (${place}): ` : ""}
              {type}: {text}
            </li>
          ))}
        </ul>
      )}
      {checks.length === 0 ? (
        <p className="text-bad">It does not compile, so nothing was run.</p>
      ) : wrong.length > 0 ? (
        <>
          <p className="text-bad">
            {wrong.length} of {counted(checks.length, "check")} against the processor failed, so it
            was not timed.
          </p>
          <ul aria-label="Failed checks" className="grid gap-1">
            {wrong.map(({ name, fault }) => (
              <li key={name} className="font-mono [overflow-wrap:anywhere]">
                {name}: {fault}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="text-good">
          All {counted(checks.length, "check")} against the processor hold, on sizes that no tile
          divides and with the words behind its outputs untouched.
        </p>
      )}
      <Times rows={rows} />
    </div>
  );
}

function Times({ rows }: Pick<KernelVerdict, "rows">) {
  const [original, copy] = rows;
  if (!original || !copy) return null;
  return (
    <>
      <div className="-mx-4 overflow-x-auto">
        <table className="figures" aria-label="The original and the copy, in turns">
          <thead>
            <tr>
              {["", "time", "spread", "GB/s", "GFLOP/s", "of roof"].map((title) => (
                <th key={title} scope="col">
                  {title === "" ? <span className="sr-only">kernel</span> : title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[original, copy].map(({ variant, ms, spread, gbPerSecond, gflops, roof }, at) => (
              <tr key={variant}>
                <td>{at === 0 ? "original" : "copy"}</td>
                <td>{milliseconds(ms)}</td>
                <td>{percent(spread, 0)}</td>
                <td>{perSecond(gbPerSecond)}</td>
                <td>{perSecond(gflops)}</td>
                <td>{roof ? percent(roof.share, 0) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="text-soft">
        {copy.error ??
          `In turns on ${original.shape}: the copy takes ${percent(copy.ms / original.ms, 0)} of the original’s time.`}
      </p>
    </>
  );
}
