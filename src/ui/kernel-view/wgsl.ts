export type WgslKind = "comment" | "attribute" | "keyword" | "type" | "number";

export interface WgslToken {
  readonly from: number;
  readonly to: number;
  readonly kind: WgslKind;
}

const KEYWORDS =
  "alias|break|case|const|const_assert|continue|continuing|default|diagnostic|discard|else|enable|false|fn|for|if|let|loop|override|requires|return|struct|switch|true|var|while";
const TYPES = "array|atomic|bool|f16|f32|i32|ptr|u32|vec[234](?:[fhiu])?|mat[234]x[234](?:[fh])?";

/** In the order of the kinds below. */
const PATTERN = new RegExp(
  `(//[^\\n]*|/\\*[\\s\\S]*?\\*/)|(@\\w+)|\\b(${KEYWORDS})\\b|\\b(${TYPES})\\b|(\\b\\d[\\w.]*)`,
  "g",
);
const kinds: readonly WgslKind[] = ["comment", "attribute", "keyword", "type", "number"];

/** What is worth a colour; the rest stands between. */
export function wgslTokens(code: string): WgslToken[] {
  return [...code.matchAll(PATTERN)].flatMap((match) => {
    const kind = kinds[match.slice(1).findIndex((part) => part !== undefined)];
    return kind ? [{ from: match.index, to: match.index + match[0].length, kind }] : [];
  });
}

/** Classes of the style sheet, for the text and the editor alike. */
export const wgslClasses: Readonly<Record<WgslKind, string>> = {
  comment: "text-faint",
  attribute: "text-accent",
  keyword: "text-accent font-medium",
  type: "text-good",
  number: "text-heat-ink",
};
