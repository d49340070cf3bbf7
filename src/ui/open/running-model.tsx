import { whole } from "../figures.ts";
import { Facts } from "../parts/facts.tsx";
import { useBitdial } from "../use-store.ts";

/** What the model is that runs now. */
export function RunningModel() {
  const model = useBitdial((state) => state.model);
  if (!model) return null;
  return (
    <details className="border-t border-line px-4 py-3 text-[13px]">
      <summary className="text-soft hover:text-ink">
        Running now: <span className="text-ink">{model.name}</span>
      </summary>
      <div className="mt-2">
        <Facts
          rows={[
            { name: "Architecture", value: model.architecture },
            { name: "Parameters", value: whole(model.parameters) },
            { name: "Layers", value: model.layers },
            { name: "Width", value: `${model.hiddenSize}, feed-forward ${model.intermediateSize}` },
            { name: "Heads", value: `${model.heads} over ${model.kvHeads} key/value` },
            { name: "Vocabulary", value: whole(model.vocabSize) },
            { name: "Context", value: `${whole(model.contextLength)} tokens` },
            { name: "Head", value: model.tiedHead ? "tied with the embedding" : "its own" },
            { name: "SHA-256", value: model.sha256 },
          ]}
        />
      </div>
    </details>
  );
}
