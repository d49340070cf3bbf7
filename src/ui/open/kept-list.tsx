import { useEffect } from "react";
import type { KeptModel } from "../../store/open-types.ts";
import type { State } from "../../store/types.ts";
import { megabytes, parameters } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** The kept model whose files the engine still reads, or null. */
function runsFrom({ opened, boot }: State): string | null {
  return boot === "ready" && opened?.source.kind === "kept" ? opened.source.id : null;
}

const whyNot = "It runs from there now; go back to the embedded model first.";

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** Models that this browser keeps: opened without the network, deleted here. */
export function KeptList() {
  const kept = useBitdial((state) => state.kept);
  const fault = useBitdial((state) => state.keptFault);
  const readKept = useBitdial((state) => state.readKept);
  const forgetKept = useBitdial((state) => state.forgetKept);
  const running = useBitdial(runsFrom);
  useEffect(() => void readKept(), [readKept]);
  if (!kept) return null;
  return (
    <section aria-labelledby="kept-title" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 id="kept-title" className="font-semibold">
        Kept in this browser
      </h3>
      {kept.lack !== null && (
        <p className="text-[13px] text-soft">
          Nothing can be kept: {kept.lack}. Models are loaded into memory and fetched anew next
          time.
        </p>
      )}
      {kept.lack === null && kept.models.length === 0 && (
        <p className="text-[13px] text-soft">Nothing yet.</p>
      )}
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
        {kept.models.map((model) => (
          <Item key={model.id} model={model} />
        ))}
      </ul>
      {kept.models.length > 0 && <Store />}
      {kept.models.length > 1 && (
        <div>
          <Button
            className="px-2.5 py-1 text-xs"
            disabled={running !== null}
            title={running === null ? undefined : whyNot}
            onClick={() => void forgetKept(null)}
          >
            Delete all
          </Button>
        </div>
      )}
      <p role="status" className="text-xs text-bad empty:hidden">
        {fault}
      </p>
    </section>
  );
}

function Item({ model }: { readonly model: KeptModel }) {
  const lookAt = useBitdial((state) => state.lookAt);
  const forgetKept = useBitdial((state) => state.forgetKept);
  const { id, name, bytes, usedAt } = model;
  const runs = useBitdial(runsFrom) === id;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-field border border-line px-3 py-2 text-[13px]">
      <div className="min-w-0 flex-1 basis-56">
        <p className="truncate font-medium">
          {name} <span className="text-faint">{parameters(model.parameters)}</span>
        </p>
        <p className="truncate font-mono text-[11px] text-soft" title={id}>
          {id}
        </p>
      </div>
      <span className="text-xs text-soft">
        {megabytes(bytes)} MB, used {day.format(new Date(usedAt))}
      </span>
      <span className="flex gap-1.5">
        <Button
          className="px-2.5 py-1 text-xs"
          aria-label={`Open ${name}`}
          onClick={() => void lookAt(id)}
        >
          Open
        </Button>
        <Button
          className="px-2.5 py-1 text-xs"
          aria-label={`Delete ${name}`}
          disabled={runs}
          title={runs ? whyNot : undefined}
          onClick={() => void forgetKept(id)}
        >
          Delete
        </Button>
      </span>
    </li>
  );
}

/** How full the browser's store is, and whether it may be cleared without asking. */
function Store() {
  const kept = useBitdial((state) => state.kept);
  const persisted = useBitdial((state) => state.persisted);
  const askToPersist = useBitdial((state) => state.askToPersist);
  if (!kept) return null;
  const { usedBytes, quotaBytes } = kept;
  return (
    <p className="flex flex-wrap items-center gap-2 text-xs text-soft">
      {usedBytes !== null && quotaBytes !== null && (
        <span>
          {megabytes(usedBytes)} of {megabytes(quotaBytes)} MB that the browser allows this site.
        </span>
      )}
      {persisted === true && <span>It promised not to clear them by itself.</span>}
      {persisted === false && (
        <>
          <span>It may clear them when the disk gets full.</span>
          <Button className="px-2 py-0.5 text-xs" onClick={() => void askToPersist()}>
            Ask it not to
          </Button>
        </>
      )}
    </p>
  );
}
