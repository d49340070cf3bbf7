import type {
  KeptModel,
  KeptModels,
  LoadChoice,
  ModelInfo,
  ModelNeeds,
  ModelPreview,
  ModelSource,
} from "../engine/protocol.ts";

export type { KeptModel, KeptModels, LoadChoice, ModelNeeds, ModelPreview };

/** A model and how it was asked to run; enough to load it again. */
export interface OpenedModel {
  /** As a link names it; null when no link could: files of a disk that are not kept. */
  readonly id: string | null;
  readonly source: ModelSource;
  readonly reference: string;
  readonly context: number;
}

/** A file that the user chose or dropped, and its path below what was chosen. */
export interface GivenFile {
  readonly path: string;
  readonly file: Blob;
}

export interface OpenState {
  /** The model that runs, or that a link asks for; null is the embedded one. */
  readonly opened: OpenedModel | null;
  /** What a link asks for, while it is not opened yet. */
  readonly linked: string | null;
  readonly choosing: boolean;
  readonly openStage: "choose" | "looking" | "card" | "fetching";
  /** What stands in the field. */
  readonly openText: string;
  readonly openNote: string;
  /** 0..1, null while unknown. */
  readonly openFraction: number | null;
  readonly openFault: string | null;
  /** A host that the page would have to be allowed first. */
  readonly openHost: string | null;
  readonly preview: ModelPreview | null;
  readonly needs: ModelNeeds | null;
  readonly keepModel: boolean;
  /** Address of a mirror of the hub; "" is the hub itself. */
  readonly hub: string;
  /** The browser's store; null until it was asked. */
  readonly kept: KeptModels | null;
  /** Whether the browser promised not to clear it by itself; null where it does not say. */
  readonly persisted: boolean | null;
  readonly keptFault: string | null;
}

export interface OpenVerbs {
  showChooser(open: boolean): void;
  editOpenText(text: string): void;
  /** Reads what a model's files say of it: an id of the hub, an address, or one that is kept. */
  lookAt(text: string): Promise<void>;
  lookAtFiles(files: readonly GivenFile[]): Promise<void>;
  /** Changes how the model on the card would be loaded. */
  chooseLoad(part: Partial<LoadChoice>): Promise<void>;
  setKeepModel(on: boolean): void;
  /** Fetches the model on the card and runs it. */
  fetchModel(): Promise<void>;
  /** Stops looking or fetching, or leaves the card. */
  leaveCard(): void;
  openEmbedded(): Promise<void>;
  setHub(address: string): void;
  /** Lets the page talk to `openHost`; the page is loaded again for that, and comes back to the same model. */
  allowHost(): void;
  readKept(): Promise<void>;
  forgetKept(id: string | null): Promise<void>;
  askToPersist(): Promise<void>;
  /** What the address says now. */
  followModel(id: string | null): void;
  /** Runs a model that the engine has just loaded. */
  takeModel(model: ModelInfo, opened: OpenedModel): Promise<void>;
}
