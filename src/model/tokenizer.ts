import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { UserError } from "../lib/assert.ts";
import { damaged, isObject, type JsonObject, type NamedText, parseObject, show } from "./json.ts";
import { readSpelling, type Spelling, steps, tokenBytes } from "./token-bytes.ts";
import { safeRules } from "./tokenizer-rules.ts";

export interface Tokenizer {
  /** One more than the largest id. */
  readonly vocabSize: number;
  readonly specialIds: ReadonlySet<number>;
  /**
   * Special tokens written in the text count as such; a BOS stands first if tokenizer.json asks for
   * it.
   */
  /** With what the file puts around a text (a BOS, say), or `bare` without. */
  encode(text: string, bare?: boolean): number[];
  /** Special tokens left out; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string;
  /**
   * Decodes token by token what follows `after` (a prompt, say); nothing when the text begins here.
   */
  createDecoder(after?: readonly number[]): StreamDecoder;
  /** One token alone, for people: special tokens by name, parts of characters as <0xE2><0x80>. */
  tokenText(id: number): string;
  /** UTF-8 bytes each token has of the text it was encoded from; they add up to the text's own. */
  byteLengths(ids: readonly number[]): number[];
}

export interface StreamDecoder {
  /** The text that this token completes: never half a character, so possibly nothing. */
  push(id: number): string;
  /** What an unfinished character at the end leaves: U+FFFD or nothing. */
  flush(): string;
}

export function createTokenizer(file: NamedText): Tokenizer {
  return tokenizerOf(parseObject(file), file.name);
}

/** Of what tokenizer.json says, or of what stands for it in a file of another kind. */
export function tokenizerOf(json: JsonObject, name: string): Tokenizer {
  const spelling = checkFile(json, name);
  const vocabulary = readVocabulary(json, name);
  const library = openLibrary(safeRules(json, name), name);
  const specialIds = new Set(vocabulary.added.filter(({ special }) => special).map(({ id }) => id));
  const bytes = byteTable(vocabulary, spelling); // by id
  // Llama's own normalizer sets the dummy space after every special token too, others only at the
  // beginning.
  const dummyEverywhere = steps(json.normalizer).some((step) => step.type === "Prepend");

  function encode(text: string, bare = false): number[] {
    return library.encode(text, { add_special_tokens: !bare }).ids;
  }

  function textBytes(id: number, first: boolean): Uint8Array {
    const all = bytes[id] ?? new Uint8Array();
    return first && spelling.dummySpace && all[0] === 0x20 ? all.subarray(1) : all;
  }

  function createDecoder(after: readonly number[] = []): StreamDecoder {
    // ignoreBOM keeps U+FEFF, which is a character like any other here.
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let first = true;
    function push(id: number): string {
      if (specialIds.has(id)) return "";
      const part = textBytes(id, first);
      first = false;
      return decoder.decode(part, { stream: true });
    }
    for (const id of after) push(id);
    return { push, flush: () => decoder.decode() };
  }

  function decode(ids: readonly number[]): string {
    const decoder = createDecoder();
    return ids.map(decoder.push).join("") + decoder.flush();
  }

  function tokenText(id: number): string {
    const own = bytes[id];
    if (own === undefined) return `<token ${id}>`;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(own);
    } catch {
      return Array.from(
        own,
        (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
      ).join("");
    }
  }

  function byteLengths(ids: readonly number[]): number[] {
    let first = true;
    return ids.map((id) => {
      const length = textBytes(id, first).length;
      first = specialIds.has(id) && (first || dummyEverywhere);
      return length;
    });
  }

  return {
    vocabSize: bytes.length,
    specialIds,
    encode,
    decode,
    createDecoder,
    tokenText,
    byteLengths,
  };
}

const readable = "ByteLevel, Metaspace, Replace, ByteFallback, Fuse and Strip";

/** What the library would stumble over with an error of its own. */
function checkFile(json: JsonObject, name: string): Spelling {
  const model = json.model;
  if (!isObject(model)) throw damaged(`${name}: model is ${show(model)}, but should be an object`);
  if (model.type !== "BPE") {
    throw new UserError(`${name}: model.type is ${show(model.type)}, but only "BPE" is read`);
  }
  if (!isObject(model.vocab)) throw damaged(`${name}: model.vocab is not an object`);
  if (!Array.isArray(model.merges)) throw damaged(`${name}: model.merges is not a list`);
  if (!Array.isArray(json.added_tokens)) throw damaged(`${name}: added_tokens is not a list`);
  const spelling = readSpelling(json.decoder);
  if (spelling === null) {
    throw new UserError(`${name}: decoder is ${show(json.decoder)}, but ${readable} are read`);
  }
  return spelling;
}

function openLibrary(json: JsonObject, name: string): HuggingFaceTokenizer {
  let library: HuggingFaceTokenizer;
  let ids: readonly unknown[];
  try {
    library = new HuggingFaceTokenizer(json, {});
    // What the post-processor adds is looked up only when it is added.
    ids = library.encode("a").ids;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw damaged(`${name}: the tokenizer cannot be built (${show(cause)})`);
  }
  if (!ids.every(Number.isInteger)) {
    throw damaged(`${name}: post_processor adds a token that is not in the vocabulary`);
  }
  return library;
}

interface Vocabulary {
  /** Ordinary tokens, id by name. */
  readonly tokens: ReadonlyMap<string, number>;
  readonly added: readonly {
    readonly id: number;
    readonly content: string;
    readonly special: boolean;
  }[];
}

/** Checked before the library sees it: it makes a table as long as the largest id. */
function readVocabulary(json: JsonObject, name: string): Vocabulary {
  const model = isObject(json.model) ? json.model : {};
  const tokens = new Map<string, number>();
  for (const [token, id] of Object.entries(isObject(model.vocab) ? model.vocab : {})) {
    tokens.set(token, checkId(id, token, name));
  }
  const added = (Array.isArray(json.added_tokens) ? json.added_tokens : []).map(
    (entry: unknown) => {
      if (!isObject(entry) || typeof entry.content !== "string" || entry.content === "") {
        throw damaged(`${name}: added_tokens lists ${show(entry)}, which has no content`);
      }
      return {
        id: checkId(entry.id, entry.content, name),
        content: entry.content,
        special: entry.special === true,
      };
    },
  );
  return { tokens, added };
}

/** Far above any vocabulary. */
const maxId = 1 << 22;

function checkId(id: unknown, token: string, name: string): number {
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > maxId) {
    throw damaged(`${name}: token ${show(token)} has the id ${show(id)}, no token id`);
  }
  return id;
}

/** What each id stands for; ids without a token stay empty. */
function byteTable({ tokens, added }: Vocabulary, spelling: Spelling): (Uint8Array | undefined)[] {
  const table: (Uint8Array | undefined)[] = [];
  for (const [token, id] of tokens) table[id] = tokenBytes(token, spelling);
  for (const { content, id } of added) table[id] = new TextEncoder().encode(content);
  return table;
}
