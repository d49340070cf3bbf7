import type { FileContent } from "../model/model-files.ts";
import type { ModelForm } from "../model/opened.ts";
import type { ModelInfo, SizeReport } from "./protocol.ts";

export type { ModelForm };

export type ModelSource =
  /** A folder in Hugging Face layout, or one file that is a whole model. */
  | { readonly kind: "url"; readonly base: string; readonly name: string }
  /** hf:org/name[/file][@revision]; `hub` is a mirror's address. */
  | { readonly kind: "hub"; readonly id: string; readonly name: string; readonly hub?: string }
  /** Files by name: chosen in the page, or opened by the command line. */
  | {
      readonly kind: "files";
      readonly name: string;
      readonly files: Readonly<Record<string, FileContent>>;
    }
  /** One that this browser keeps. */
  | { readonly kind: "kept"; readonly id: string; readonly name: string };

/** What a model's files say before its weights are fetched. */
export interface ModelPreview {
  /** What `needs` and `loadPreviewed` call it by. */
  readonly ticket: number;
  readonly model: Omit<ModelInfo, "sha256" | "chatTemplate">;
  /** Whether it says how conversations are written. */
  readonly chat: boolean;
  /** Of the architecture, for people: "Llama (SmolLM, SmolLM2, TinyLlama)". */
  readonly title: string;
  readonly form: ModelForm;
  /** Of the weights, the most frequent first: "Q4_1, F32". */
  readonly types: readonly string[];
  /** As the files name it; null where they do not. */
  readonly licence: string | null;
  /** Files of weights. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether loading fetches anything. */
  readonly from: "network" | "disk" | "kept";
}

/** How a model is to be loaded, and under which settings it begins. */
export interface LoadChoice {
  readonly reference: string;
  readonly candidate: string;
  /** Tokens that a text may have at most. */
  readonly context: number;
}

/** What a choice takes, against what the device allows. */
export interface ModelNeeds {
  readonly choice: LoadChoice;
  readonly reference: SizeReport;
  readonly candidate: SizeReport;
  /** GPU bytes by category; weights that both sides share count once, the cache three times (each side, and the comparison). */
  readonly gpu: {
    readonly weights: number;
    readonly norms: number;
    readonly kvCache: number;
    readonly activations: number;
    readonly total: number;
  };
  /** Of the weights in the page's own memory, which settings are packed from. */
  readonly masterBytes: number;
  /** The largest buffer and what this device allows one to have. */
  readonly largest: { readonly name: string; readonly bytes: number; readonly allowed: number };
  /** Of the machine, as far as the browser says; null where it does not. */
  readonly memoryBytes: number | null;
  /** Why it cannot be loaded so, a sentence each. */
  readonly faults: readonly string[];
  /** What may go wrong, a sentence each. */
  readonly doubts: readonly string[];
  /** A choice without faults and doubts, where the one asked for has some; null where none was found. */
  readonly instead: LoadChoice | null;
}

export interface KeptModel {
  /** As a link names it: hf:org/name, an address, or kept:… for files of a disk. */
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly parameters: number;
  /** ISO times. */
  readonly keptAt: string;
  readonly usedAt: string;
}

/** The models that this browser keeps. */
export interface KeptModels {
  readonly models: readonly KeptModel[];
  /** Of the whole site, as the browser estimates them; null where it does not say. */
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  /** Why nothing can be kept here; null where it can. */
  readonly lack: string | null;
}

/** What became of the wish to keep a model. */
export interface Loaded {
  readonly model: ModelInfo;
  /** Its id among the kept ones; null when it is not kept. */
  readonly keptId: string | null;
  /** Why it is not, though it should be. */
  readonly keepFault: string | null;
}

export interface PreviewedLoad {
  readonly context: number;
  /** The id to keep it under; "" for files of a disk, which get one by their content; null keeps nothing. */
  readonly keepAs: string | null;
}
