import type { StopReason } from "../../store/types.ts";
import { counted, whole } from "../figures.ts";

/** Why a text ended, in a sentence. */
export function stopSentence(stop: StopReason, tokens: number, contextLength: number): string {
  switch (stop) {
    case "length":
      return `Stopped after ${counted(tokens, "token")}, as asked.`;
    case "stop":
      return `The story came to its own end after ${counted(tokens, "token")}.`;
    case "context":
      return `The context is full: this model holds at most ${whole(contextLength)} tokens, the prompt's included.`;
    case "cancelled":
      return `Stopped by you after ${counted(tokens, "token")}.`;
    default:
      stop satisfies never;
      return "";
  }
}
