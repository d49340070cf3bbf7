import { sha256Hex } from "../lib/sha256.ts";
import { qualityText } from "./defaults.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import type { OwnText, OwnVerbs, TextState } from "./own-types.ts";

export const textState: TextState = { ownText: null, textFault: null };

const KEPT_KEY = "text";
/** Bytes: hours of measuring on most devices, and what a page can keep over a reload without asking. */
const MOST_BYTES = 1_000_000;
/** With fewer tokens a figure would say more about single words than about the model. */
const LEAST_TOKENS = 64;

/** What quality is measured on: the user's own text, or the one that ships. */
export async function qualitySource({
  around,
  get,
}: Kit): Promise<{ readonly name: string; readonly text: string; readonly sha256: string }> {
  const { ownText } = get();
  const text = ownText?.text ?? (await around.readText(qualityText.path));
  return { name: ownText?.name ?? qualityText.name, text, sha256: await sha256Hex(text) };
}

/** A file's bytes as text, or the reason why they are none. */
export function readTextFile(
  name: string,
  bytes: Uint8Array,
  most: number,
): { readonly text: string } | { readonly fault: string } {
  if (bytes.length > most) {
    const size = (bytes.length / 1e6).toFixed(1);
    return { fault: `${name} has ${size} MB; ${most / 1e6} MB is the most, take a part of it.` };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // Binary files can happen to be UTF-8; no text has this character.
    if (!text.includes("\0")) return { text };
  } catch {
    // Told below, like the other.
  }
  return { fault: `${name} is not UTF-8 text; save it as UTF-8 and try again.` };
}

type TextVerbs = Pick<OwnVerbs, "takeText" | "forgetText">;

export function textVerbs(kit: Kit): TextVerbs {
  const { around, jobs, get, set } = kit;

  /** Figures of another text say nothing about this one. */
  async function take(ownText: OwnText | null): Promise<void> {
    // A text that is being written goes on; only what measures the old text is of no use.
    if (get().activity === "quality") await jobs.stop();
    const rows = get().rows.map((row) => ({ ...row, quality: null }));
    set({ ownText, textFault: null, rows, trace: null, nextToken: null, layerErrors: null });
    await around.keep(KEPT_KEY, ownText && JSON.stringify(ownText));
  }

  return {
    async takeText(name, bytes) {
      if (get().sweepEntries.length > 0) {
        set({
          textFault: "Rows of different texts do not compare; clear the Lab's results first.",
        });
        return;
      }
      const read = readTextFile(name, bytes, MOST_BYTES);
      if ("fault" in read) {
        set({ textFault: read.fault });
        return;
      }
      try {
        const { length } = await around.engine.tokenize(read.text);
        if (length < LEAST_TOKENS) {
          const sentence = `${name} has ${length} tokens; ${LEAST_TOKENS} is the least, take a longer text.`;
          set({ textFault: sentence });
          return;
        }
        await take({ name, text: read.text, tokens: length });
      } catch (error) {
        set({ textFault: sentenceOf(error) });
      }
    },
    async forgetText() {
      if (get().ownText) await take(null);
      else set({ textFault: null });
    },
  };
}

/** The text that a kept sweep was measured on, or null. */
export async function keptText(
  around: Kit["around"],
  sha256: string | undefined,
): Promise<OwnText | null> {
  const kept = await around.kept(KEPT_KEY);
  if (kept === null) return null;
  try {
    const { name, text, tokens } = JSON.parse(kept) as OwnText;
    const same = typeof name === "string" && (await sha256Hex(text)) === sha256;
    return same ? { name, text, tokens } : null;
  } catch {
    return null;
  }
}
