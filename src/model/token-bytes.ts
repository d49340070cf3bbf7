import { isObject, type JsonObject } from "./json.ts";

/** How a tokenizer spells bytes in the names of its tokens. */
export interface Spelling {
  /** GPT-2's alphabet: one printable character for each byte. */
  readonly byteLevel: boolean;
  /** `<0x0A>` is the byte 10. */
  readonly byteFallback: boolean;
  /** Sentencepiece writes spaces as "▁". */
  readonly spaceMark: string | null;
  /** Encoding puts a space in front of the text that decoding takes away again. */
  readonly dummySpace: boolean;
}

/** Reads tokenizer.json's `decoder`; null when it holds a step that is not known here. */
export function readSpelling(decoder: unknown): Spelling | null {
  const spelling = {
    byteLevel: false,
    byteFallback: false,
    spaceMark: null as string | null,
    dummySpace: false,
  };
  for (const step of steps(decoder)) {
    if (step.type === "ByteLevel") spelling.byteLevel = true;
    else if (step.type === "ByteFallback") spelling.byteFallback = true;
    else if (step.type === "Replace" && isObject(step.pattern) && step.content === " ") {
      if (typeof step.pattern.String !== "string") return null;
      spelling.spaceMark = step.pattern.String;
    } else if (step.type === "Metaspace") {
      spelling.spaceMark = typeof step.replacement === "string" ? step.replacement : "▁";
      spelling.dummySpace = step.prepend_scheme !== "never" && step.add_prefix_space !== false;
    } else if (step.type === "Strip" && step.content === " ")
      spelling.dummySpace = step.start === 1;
    else if (step.type !== "Fuse") return null;
  }
  return spelling.byteLevel || spelling.spaceMark !== null ? spelling : null;
}

/** The steps of a normalizer or decoder: those of a sequence, or the one that it is. */
export function steps(part: unknown): JsonObject[] {
  if (!isObject(part)) return [];
  const inner = part.decoders ?? part.normalizers;
  return part.type === "Sequence" && Array.isArray(inner) ? inner.filter(isObject) : [part];
}

const utf8 = new TextEncoder();

/** The bytes that an ordinary token stands for: part of a character, a character or several. */
export function tokenBytes(token: string, spelling: Spelling): Uint8Array {
  if (spelling.byteLevel) {
    const bytes = [...token].map((char) => byteOfChar.get(char));
    // Hugging Face does the same: a token with any other character was added as it is.
    return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : utf8.encode(token);
  }
  const hex = spelling.byteFallback ? /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1] : undefined;
  if (hex !== undefined) return Uint8Array.of(Number.parseInt(hex, 16));
  return utf8.encode(
    spelling.spaceMark === null ? token : token.replaceAll(spelling.spaceMark, " "),
  );
}

const byteOfChar = gpt2Alphabet();

/**
 * Printable bytes of Latin-1 stand for themselves; the other 68 take the characters from U+0100 on,
 * in order.
 */
function gpt2Alphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let other = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    alphabet.set(String.fromCodePoint(printable ? byte : other++), byte);
  }
  return alphabet;
}
