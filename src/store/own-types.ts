import type { SHIPPED_TASKS } from "../lab/tasks.ts";

/** A text that the user brought; every figure measured on it names it and its SHA-256. */
export interface OwnText {
  readonly name: string;
  readonly text: string;
  readonly tokens: number;
}

/** Pairs that the user brought, as the file has them. */
export interface OwnPairs {
  readonly name: string;
  readonly text: string;
  readonly count: number;
}

/** What a sweep may ask beside its figures: tasks that ship, and texts at several temperatures. */
export type SweepTask = (typeof SHIPPED_TASKS)[number] | "temperature";

export interface LabTasksState {
  readonly sweepTasks: readonly SweepTask[];
  /** Items of each task; null is all of them. */
  readonly sweepItems: number | null;
  readonly ownPairs: OwnPairs | null;
  /** What is wrong with the pairs brought last, a sentence a line. */
  readonly pairsFaults: readonly string[];
}

export interface TextState {
  /** What quality is measured on; null is the text that ships. */
  readonly ownText: OwnText | null;
  readonly textFault: string | null;
}

export interface OwnVerbs {
  toggleSweepTask(name: SweepTask): void;
  setSweepItems(items: number | null): void;
  /** Pairs of sentences in JSON Lines, as BLiMP writes them. */
  takePairs(name: string, bytes: Uint8Array): Promise<void>;
  forgetPairs(): void;
  /** Measures quality on a text of the user's own. */
  takeText(name: string, bytes: Uint8Array): Promise<void>;
  forgetText(): Promise<void>;
}
