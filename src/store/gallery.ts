export interface GalleryModel {
  readonly id: string;
  readonly name: string;
  readonly parameters: number;
  /** Of its weights when this was written, so that no host is asked. */
  readonly megabytes: number;
  readonly licence: string;
  readonly words: string;
}

/** Small models worth a look, from the smallest; fetched from the hub, and only when one is pressed. */
export const gallery: readonly GalleryModel[] = [
  {
    id: "hf:karpathy/tinyllamas/stories260K/stories260K.bin",
    name: "stories260K",
    parameters: 260_032,
    megabytes: 1.06,
    licence: "MIT",
    words: "A quarter of a million weights, and it writes sentences.",
  },
  {
    id: "hf:EleutherAI/pythia-70m",
    name: "Pythia 70M",
    parameters: 70e6,
    megabytes: 166,
    licence: "Apache-2.0",
    words: "GPT-NeoX, trained in the open for research.",
  },
  {
    id: "hf:openai-community/gpt2",
    name: "GPT-2",
    parameters: 124e6,
    megabytes: 548,
    licence: "MIT",
    words: "The small one of 2019; its weights are published in float32.",
  },
  {
    id: "hf:HuggingFaceTB/SmolLM2-135M",
    name: "SmolLM2 135M",
    parameters: 135e6,
    megabytes: 269,
    licence: "Apache-2.0",
    words: "What a model of this size can know today.",
  },
  {
    id: "hf:HuggingFaceTB/SmolLM2-135M-Instruct",
    name: "SmolLM2 135M Instruct",
    parameters: 135e6,
    megabytes: 269,
    licence: "Apache-2.0",
    words: "The same, taught to answer.",
  },
  {
    id: "hf:HuggingFaceTB/SmolLM2-360M-Instruct",
    name: "SmolLM2 360M Instruct",
    parameters: 362e6,
    megabytes: 724,
    licence: "Apache-2.0",
    words: "Noticeably better answers, for a device with room.",
  },
];
