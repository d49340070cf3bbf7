import { useId } from "react";
import type { LoadChoice, ModelPreview } from "../../store/open-types.ts";
import { counted, megabytes, parameters, whole } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { Facts } from "../parts/facts.tsx";
import { useBitdial } from "../use-store.ts";
import { NeedsTable } from "./needs-table.tsx";

/** Before anything large is fetched: what the model is, what it takes, and whether this device allows it. */
export function PreviewCard() {
  const preview = useBitdial((state) => state.preview);
  const needs = useBitdial((state) => state.needs);
  const leaveCard = useBitdial((state) => state.leaveCard);
  const fetchModel = useBitdial((state) => state.fetchModel);
  if (!preview || !needs) return null;
  const fits = needs.faults.length === 0;
  return (
    <section aria-labelledby="preview-title" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <h3 id="preview-title" className="text-lg font-semibold tracking-tight wrap-anywhere">
        {preview.model.name}
      </h3>
      <div className="text-[13px]">
        <Facts rows={factsOf(preview)} />
      </div>
      <NeedsTable needs={needs} />
      <ChooseLoad preview={preview} choice={needs.choice} />
      {needs.faults.map((fault) => (
        <p key={fault} role="status" className="rounded-field bg-bad-wash p-2.5 text-bad">
          {fault}
        </p>
      ))}
      {needs.doubts.map((doubt) => (
        <p key={doubt} role="status" className="rounded-field bg-heat-wash p-2.5 text-heat-ink">
          {doubt}
        </p>
      ))}
      {needs.faults.length + needs.doubts.length > 0 && <Instead />}
      <Keep preview={preview} />
      <div className="flex justify-end gap-2">
        <Button onClick={leaveCard}>Back</Button>
        <Button look="go" disabled={!fits} onClick={() => void fetchModel()}>
          {loadWords(preview)}
        </Button>
      </div>
    </section>
  );
}

function factsOf({ model, title, chat, form, types, licence, files, from }: ModelPreview) {
  return [
    { name: "Architecture", value: title },
    { name: "Parameters", value: `${parameters(model.parameters)} (${whole(model.parameters)})` },
    { name: "Layers", value: `${model.layers}, width ${whole(model.hiddenSize)}` },
    { name: "Vocabulary", value: `${whole(model.vocabSize)} tokens` },
    { name: "Context", value: `${whole(model.contextLength)} tokens` },
    { name: "Conversations", value: chat ? "has a chat template" : "no chat template" },
    { name: "Licence", value: licence ?? "not named in its files" },
    {
      name: "Files",
      value: `${form}, ${types.join(", ")}${files.length > 1 ? `, ${counted(files.length, "file")}` : ""}`,
    },
    { name: fromWords[from], value: `${megabytes(bytesOf(files))} MB` },
  ];
}

const fromWords = {
  network: "To download",
  disk: "To read from this device",
  kept: "Kept in this browser",
} as const satisfies Record<ModelPreview["from"], string>;

function loadWords({ from, files }: ModelPreview): string {
  return from === "network" ? `Download ${megabytes(bytesOf(files))} MB and load` : "Load";
}

function bytesOf(files: ModelPreview["files"]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

const references = ["f32", "f16", "f16;head=int8-g32", "f16;head=int4-g32"];

function ChooseLoad({
  preview,
  choice,
}: {
  readonly preview: ModelPreview;
  readonly choice: LoadChoice;
}) {
  const chooseLoad = useBitdial((state) => state.chooseLoad);
  const [contextId, referenceId] = [useId(), useId()];
  const { contextLength: most, blocks } = preview.model;
  const offered = blocks.length > 0 ? [...references, "native"] : references;
  const contexts = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768].filter((size) => size < most);
  const sizes = [...new Set([...contexts, choice.context, most])].sort((a, b) => a - b);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-[13px]">
      <span className="flex items-center gap-2">
        <label htmlFor={contextId}>Context</label>
        <select
          id={contextId}
          className="field px-2 py-1 text-ink"
          value={choice.context}
          onChange={(event) => void chooseLoad({ context: Number(event.currentTarget.value) })}
        >
          {sizes.map((size) => (
            <option key={size} value={size}>
              {whole(size)} tokens
            </option>
          ))}
        </select>
      </span>
      <span className="flex items-center gap-2">
        <label htmlFor={referenceId}>Compared with</label>
        <select
          id={referenceId}
          className="field px-2 py-1 font-mono text-ink"
          value={choice.reference}
          onChange={(event) => void chooseLoad({ reference: event.currentTarget.value })}
        >
          {[...new Set([...offered, choice.reference])].map((setting) => (
            <option key={setting} value={setting}>
              {setting}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

/** What would fit where the choice does not. */
function Instead() {
  const instead = useBitdial((state) => state.needs?.instead ?? null);
  const chooseLoad = useBitdial((state) => state.chooseLoad);
  if (!instead)
    return (
      <p className="text-[13px]">
        No reference, head or context that Bitdial offers fits here; choose a model with a smaller
        vocabulary or fewer parameters, or a device with larger buffers.
      </p>
    );
  const { reference, candidate, context } = instead;
  return (
    <p className="flex flex-wrap items-center gap-2 text-[13px]">
      <span>
        What would fit: <code>{candidate}</code> compared with <code>{reference}</code>, context{" "}
        {whole(context)}.
      </span>
      <Button className="px-2.5 py-1 text-xs" onClick={() => void chooseLoad(instead)}>
        Take that
      </Button>
    </p>
  );
}

function Keep({ preview }: { readonly preview: ModelPreview }) {
  const keepModel = useBitdial((state) => state.keepModel);
  const setKeepModel = useBitdial((state) => state.setKeepModel);
  if (preview.from === "kept") return null;
  return (
    <label className="flex items-baseline gap-2 text-[13px]">
      <input
        type="checkbox"
        checked={keepModel}
        onChange={(event) => setKeepModel(event.currentTarget.checked)}
      />
      <span>
        Keep it in this browser, so that it opens again without{" "}
        {preview.from === "disk" ? "its files, and by a link" : "a download, offline too"}
      </span>
    </label>
  );
}
