import { parameters, whole } from "../figures.ts";
import { Facts } from "../parts/facts.tsx";
import { Pop } from "../parts/pop.tsx";
import { useBitdial } from "../use-store.ts";

export function ModelChip() {
  const model = useBitdial((state) => state.model);
  if (!model) return null;
  return (
    <Pop
      label={`Model: ${model.name}, ${parameters(model.parameters)} parameters`}
      chip={
        <>
          <span className="truncate">{model.name}</span>
          <span className="whitespace-nowrap text-faint">{parameters(model.parameters)}</span>
        </>
      }
    >
      <h2 className="mb-2 font-semibold">{model.name}</h2>
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
    </Pop>
  );
}
