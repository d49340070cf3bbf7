import type { ChatSource } from "./chat.ts";
import type { ModelConfig } from "./config.ts";
import type { Expected } from "./tensor-check.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { WeightsFile } from "./weights-file.ts";

export type ModelForm = "safetensors" | "GGUF" | "llama2.c";

/** Everything about a model but the values of its weights. */
export interface Opened {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: readonly WeightsFile[];
  readonly expected: Expected;
  readonly chat: ChatSource | null;
  readonly form: ModelForm;
  /** As the weights file names it; of a folder, whose README.md may say it, null. */
  readonly licence: string | null;
}
