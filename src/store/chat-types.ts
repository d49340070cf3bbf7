import type { Side, StopReason } from "../engine/protocol.ts";

/** What one side said in a turn. */
export interface Answer {
  readonly setting: string;
  readonly text: string;
  readonly tokens: number;
  readonly tokensPerSecond: number | null;
  /** Null while it is being written. */
  readonly stop: StopReason | null;
}

/** A message of the user, and what both sides made of it. */
export interface Turn {
  readonly said: string;
  readonly answers: Readonly<Record<Side, Answer | null>>;
}

export interface ChatState {
  /** Instructions before the first message; empty leaves them to the template. */
  readonly chatSystem: string;
  /** What stands in the message's field. */
  readonly chatDraft: string;
  readonly chatTurns: readonly Turn[];
  /** The last conversation as the candidate read it, written by the template. */
  readonly chatPrompt: string;
  readonly chatFault: string | null;
}

export interface ChatVerbs {
  setChatSystem(text: string): void;
  editMessage(text: string): void;
  /** Sends the message: both sides answer, each going on from its own answers so far. */
  say(): Promise<void>;
  /** Takes the last answers back and asks again, with the setting of now. */
  sayAgain(): Promise<void>;
  clearChat(): Promise<void>;
}
