import { Dices } from "lucide-react";
import { NumberField } from "../parts/number-field.tsx";
import { useBitdial } from "../use-store.ts";

export function SamplingBar() {
  const sampling = useBitdial((state) => state.sampling);
  const setSampling = useBitdial((state) => state.setSampling);
  const maxTokens = useBitdial((state) => state.maxTokens);
  const setMaxTokens = useBitdial((state) => state.setMaxTokens);
  const room = useBitdial((state) => state.model?.contextLength ?? 512);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box.
    <div
      role="group"
      aria-label="Sampling"
      className="flex flex-wrap items-baseline gap-x-4.5 gap-y-1 px-4 pb-2.5 text-[13px] text-soft"
    >
      <NumberField
        label="temperature"
        hint="0 always takes the likeliest token"
        value={sampling.temperature}
        min={0}
        max={5}
        step={0.1}
        onChange={(temperature) => setSampling({ temperature })}
      />
      <NumberField
        label="top-k"
        hint="Choose among so many of the likeliest tokens; 0 is off"
        value={sampling.topK}
        min={0}
        max={1_000_000}
        step={1}
        onChange={(topK) => setSampling({ topK })}
      />
      <NumberField
        label="top-p"
        hint="Choose among the likeliest tokens that together have this probability; 1 is off"
        value={sampling.topP}
        min={0.01}
        max={1}
        step={0.05}
        onChange={(topP) => setSampling({ topP })}
      />
      <NumberField
        label="min-p"
        hint="Leave out tokens less likely than this share of the likeliest; 0 is off"
        value={sampling.minP}
        min={0}
        max={1}
        step={0.01}
        onChange={(minP) => setSampling({ minP })}
      />
      <NumberField
        label="repetition"
        hint="Penalty on tokens that were there before; 1 is off"
        value={sampling.repetitionPenalty}
        min={0.1}
        max={5}
        step={0.05}
        onChange={(repetitionPenalty) => setSampling({ repetitionPenalty })}
      />
      <NumberField
        label="tokens"
        hint="How many tokens to write at most"
        value={maxTokens}
        min={1}
        max={room}
        step={1}
        onChange={setMaxTokens}
      />
      <span className="inline-flex items-baseline gap-1">
        <NumberField
          label="seed"
          hint="The same seed on the same device writes the same words"
          value={sampling.seed}
          min={0}
          max={4_294_967_295}
          step={1}
          onChange={(seed) => setSampling({ seed })}
        />
        <button
          type="button"
          aria-label="Another seed"
          title="Another seed"
          className="self-center rounded p-1 hover:bg-sunk hover:text-ink"
          onClick={() => setSampling({ seed: Math.floor(Math.random() * 10_000) })}
        >
          <Dices size={15} aria-hidden="true" />
        </button>
      </span>
    </div>
  );
}
