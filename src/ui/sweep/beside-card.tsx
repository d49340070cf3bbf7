import { peerName, peerPart, peerWords, summariseSpeed } from "../../store/beside-words.ts";
import type { BesideRow, SpeedSummary } from "../../store/types.ts";
import { megabytes, percent, perSecond, times, whole, widthOf } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { SaveButtons } from "../parts/save-buttons.tsx";
import { useBitdial } from "../use-store.ts";

/** Another program on the same weights and device: does it compute the same, and who is faster? */
export function BesideCard() {
  const rows = useBitdial((state) => state.besideRows);
  const exportBeside = useBitdial((state) => state.exportBeside);
  return (
    <section aria-labelledby="beside-title" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-1">
        <h2 id="beside-title" className="card-title">
          Beside ONNX Runtime
        </h2>
        {rows.length > 0 && <SaveButtons label="Save the comparison" save={exportBeside} />}
      </div>
      <Run />
      <Notes />
      {rows.length > 0 && <Results rows={rows} />}
    </section>
  );
}

function Run() {
  const running = useBitdial((state) => state.besideStatus === "running");
  const progress = useBitdial((state) => state.besideProgress);
  const setting = useBitdial((state) => state.setting);
  const runBeside = useBitdial((state) => state.runBeside);
  const stopBeside = useBitdial((state) => state.stopBeside);
  if (!running) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 pb-3">
        <p className="max-w-prose text-xs text-soft">
          Runs f32 and <span className="font-mono">{setting}</span> with the very same codes in ONNX
          Runtime, on WebGPU and on the processor (WebAssembly, one thread), and holds its logits
          against ours. Fetches 41 MB of code from this page’s own address when pressed.
        </p>
        <Button onClick={() => void runBeside()}>Compare</Button>
      </div>
    );
  }
  const fraction = progress?.fraction ?? 0;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 px-4 pb-3">
      <div className="min-w-0 flex-1">
        <div
          role="progressbar"
          aria-label="Comparison with ONNX Runtime"
          aria-valuenow={Math.round(fraction * 100)}
          className="my-1.5 h-1.5 overflow-hidden rounded-full bg-sunk"
        >
          <div className="h-full bg-accent" style={{ width: widthOf(fraction) }} />
        </div>
        <p className="truncate font-mono text-[11px] text-soft">
          {progress?.note ?? "Fetching ONNX Runtime …"}
        </p>
      </div>
      <Button onClick={() => void stopBeside()}>Stop</Button>
    </div>
  );
}

function Notes() {
  const notes = useBitdial((state) => state.besideNotes);
  const fault = useBitdial((state) => state.besideFault);
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="px-4 pb-2 text-xs text-soft">
          {note}
        </p>
      ))}
      <p role="status" className="px-4 pb-2 text-xs text-bad empty:hidden">
        {fault}
      </p>
    </>
  );
}

function Results({ rows }: { readonly rows: readonly BesideRow[] }) {
  const adapter = useBitdial((state) => state.adapter);
  const [first] = rows;
  const speed = first && summariseSpeed(first.steady.sample);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard. */}
      <section className="overflow-x-auto" tabIndex={0} aria-label="Both programs, a table">
        <table className="figures">
          <thead>
            <tr>
              {[
                "program",
                "prefill/s",
                "spread",
                "decode/s",
                "spread",
                "ours decodes",
                "logits off",
              ].map((title, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns have the same title.
                <th key={at} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <SettingRows key={row.state.setting} row={row} />
            ))}
          </tbody>
        </table>
      </section>
      <ul className="grid max-w-prose gap-1 px-4 py-3 text-xs text-soft">
        {rows.flatMap(({ state, peers }) =>
          peers.map((result) => {
            const peer = peerPart(result);
            return (
              <li key={`${state.setting} ${peer.provider}`}>
                <span className="font-mono">{state.setting}</span>
                {`, ${peerName(peer)}: ${peerWords(peer)}`}
              </li>
            );
          }),
        )}
      </ul>
      {speed && (
        <p className="border-t border-line px-4 py-3 text-xs text-soft">
          Measured on {adapter?.name}
          {adapter?.software ? ", a software adapter: its speeds say nothing about a GPU" : ""}.{" "}
          {whole(speed.promptTokens)} ids read, {whole(speed.tokens)} written, in turns; medians,
          spread from the 10th to the 90th percentile. Both choose the likeliest id on the device;
          ONNX Runtime’s is read back after each token, ours after eight.
        </p>
      )}
    </>
  );
}

function SettingRows({ row }: { readonly row: BesideRow }) {
  const { state, steady, peers } = row;
  const ours = summariseSpeed(steady.sample);
  return (
    <>
      <tr>
        <td>
          {state.setting}, {megabytes(state.size.weightBytes)} MB
        </td>
        <SpeedCells speed={ours} />
        <td>–</td>
        <td>–</td>
      </tr>
      {peers.map(({ provider, sample, agreement }) => {
        const theirs = summariseSpeed(sample);
        return (
          <tr key={provider}>
            <td>
              {state.setting}, ONNX Runtime, {provider}
            </td>
            <SpeedCells speed={theirs} />
            <td>{times(theirs.decode.medianMs / ours.decode.medianMs)}</td>
            <td>{agreement.maxDifference.toExponential(1)}</td>
          </tr>
        );
      })}
    </>
  );
}

function SpeedCells({ speed: { prefill, decode } }: { readonly speed: SpeedSummary }) {
  return (
    <>
      <td>{perSecond(prefill.tokensPerSecond)}</td>
      <td>{percent(prefill.spread, 0)}</td>
      <td>{perSecond(decode.tokensPerSecond)}</td>
      <td>{percent(decode.spread, 0)}</td>
    </>
  );
}
