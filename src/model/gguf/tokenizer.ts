import { UserError } from "../../lib/assert.ts";
import type { ChatSource } from "../chat.ts";
import { damaged, show } from "../json.ts";
import { type AddedToken, type SpecialId, spmTokenizer, template, vocabOf } from "../spm.ts";
import type { Metadata } from "./metadata.ts";
import { preTokenizer } from "./pre-tokenizers.ts";

/** Kinds of tokens in tokenizer.ggml.token_type. */
const [normal, unknown, control, userDefined] = [1, 2, 3, 4];

interface Vocabulary {
  readonly texts: readonly string[];
  readonly types: ArrayLike<number>;
  readonly added: readonly AddedToken[];
  readonly before: readonly SpecialId[];
  readonly after: readonly SpecialId[];
}

/** The tokenizer.json that this vocabulary comes from, as far as encoding and decoding go. */
export function ggufTokenizer(metadata: Metadata, fileName: string): Record<string, unknown> {
  const model = metadata.text("tokenizer.ggml.model");
  if (model === "gpt2") return byteLevel(metadata, fileName);
  if (model === "llama") return sentencepiece(metadata, fileName);
  throw new UserError(
    `${fileName}: tokenizer.ggml.model is ${show(model)}, but only "gpt2" and "llama" are read; choose another model`,
  );
}

function byteLevel(metadata: Metadata, fileName: string): Record<string, unknown> {
  const name = metadata.text("tokenizer.ggml.pre") ?? "gpt-2";
  const pre = preTokenizer(name);
  if (pre === null) {
    throw new UserError(
      `${fileName}: tokenizer.ggml.pre is ${show(name)}, a way of cutting text that Bitdial does not know; choose the model's folder with tokenizer.json`,
    );
  }
  const merges = metadata.texts("tokenizer.ggml.merges");
  if (merges === null) throw damaged(`${fileName}: tokenizer.ggml.merges is missing`);
  const bad = merges.find((merge) => !/^[^ ]+ [^ ]+$/.test(merge));
  if (bad !== undefined)
    throw damaged(`${fileName}: tokenizer.ggml.merges lists ${show(bad)}, which is no pair`);
  const { texts, added, before, after } = readVocabulary(metadata, fileName, pre.bos);
  return {
    added_tokens: added.map((token) => ({ ...token, normalized: false })),
    normalizer: pre.normalizer,
    pre_tokenizer: pre.json,
    post_processor: template(before, after),
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", ignore_merges: pre.wholeWords, vocab: vocabOf(texts), merges },
  };
}

function sentencepiece(metadata: Metadata, fileName: string): Record<string, unknown> {
  const { texts, types, added, before, after } = readVocabulary(metadata, fileName, true);
  const scores = metadata.numbers("tokenizer.ggml.scores");
  if (scores?.length !== texts.length) {
    throw damaged(
      `${fileName}: tokenizer.ggml.scores has ${scores?.length ?? 0} values for ${texts.length} tokens`,
    );
  }
  const ids = texts.map((_text, id) => id);
  const unknownId = ids.find((id) => types[id] === unknown);
  return spmTokenizer({
    texts,
    scores,
    normal: new Set(ids.filter((id) => types[id] === normal || types[id] === userDefined)),
    special: added,
    unknown: unknownId === undefined ? null : (texts[unknownId] ?? null),
    dummySpace: metadata.flag("tokenizer.ggml.add_space_prefix") ?? true,
    before,
    after,
  });
}

function readVocabulary(metadata: Metadata, fileName: string, bosByDefault: boolean): Vocabulary {
  const texts = metadata.texts("tokenizer.ggml.tokens");
  if (texts === null || texts.length === 0)
    throw damaged(`${fileName}: tokenizer.ggml.tokens is missing`);
  const types =
    metadata.numbers("tokenizer.ggml.token_type") ??
    new Float64Array(texts.length).fill(normal ?? 1);
  if (types.length !== texts.length) {
    throw damaged(
      `${fileName}: tokenizer.ggml.token_type has ${types.length} values for ${texts.length} tokens`,
    );
  }
  const added: AddedToken[] = [];
  texts.forEach((content, id) => {
    const type = types[id];
    const special = type === control || type === unknown;
    if (content !== "" && (special || type === userDefined)) added.push({ id, content, special });
  });
  const specialId = (key: string, wanted: boolean): SpecialId[] => {
    if (!wanted) return [];
    const id = metadata.number(`tokenizer.ggml.${key}_token_id`);
    const content = id === null ? undefined : texts[id];
    if (id === null || content === undefined) {
      throw damaged(
        `${fileName}: tokenizer.ggml.${key}_token_id is ${show(id)}, which is no token`,
      );
    }
    return [{ id, content }];
  };
  const bos = metadata.flag("tokenizer.ggml.add_bos_token") ?? bosByDefault;
  const eos = metadata.flag("tokenizer.ggml.add_eos_token") ?? false;
  return { texts, types, added, before: specialId("bos", bos), after: specialId("eos", eos) };
}

export function ggufChat(metadata: Metadata, fileName: string): ChatSource | null {
  const template = metadata.text("tokenizer.chat_template");
  if (template === null) return null;
  const texts = metadata.texts("tokenizer.ggml.tokens") ?? [];
  const tokens: Record<string, string> = {};
  for (const [key, name] of Object.entries({ bos: "bos_token", eos: "eos_token" })) {
    const id = metadata.number(`tokenizer.ggml.${key}_token_id`);
    if (id !== null) tokens[name] = texts[id] ?? "";
  }
  return { name: fileName, template, tokens };
}
