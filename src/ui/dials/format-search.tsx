import { useId, useState } from "react";
import type { SegmentOption, SegmentProps } from "../parts/segment.tsx";

/** As many as a look takes in; more letters make them fewer. */
const MOST = 8;

/** Finds number formats by name, idea, paper or any word of what they do, and turns the dial to one. */
export function FormatSearch({ options, onChoose }: Pick<SegmentProps, "options" | "onChoose">) {
  const id = useId();
  const [text, setText] = useState("");
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = options.filter((option) => words.every((word) => haystack(option).includes(word)));
  const shown = words.length > 0 ? found.slice(0, MOST) : [];
  return (
    <search>
      <label htmlFor={id} className="sr-only">
        Find a number format
      </label>
      <input
        id={id}
        type="search"
        className="field w-full px-2 py-1.5 text-[13px]"
        placeholder="find: nf4, ternary, k-means, GGUF …"
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setText("");
        }}
      />
      <p role="status" className="mt-1 text-xs text-faint empty:hidden">
        {said(words.length, found.length)}
      </p>
      <ul className="grid gap-1 empty:hidden">
        {shown.map((option) => (
          <li key={option.value}>
            <button
              type="button"
              aria-pressed={option.chosen}
              disabled={option.reason !== null}
              title={option.about}
              className="w-full rounded-field border border-line px-2 py-1 text-left text-[13px] hover:border-faint aria-pressed:border-accent disabled:text-faint"
              onClick={() => onChoose(option.value)}
            >
              <span className="flex justify-between gap-2">
                {option.label}
                <span className="text-xs text-soft">
                  {option.figure ? `${option.figure} bits` : option.heading}
                </span>
              </span>
              {option.about && (
                <span className="line-clamp-2 text-xs text-soft">{option.about}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </search>
  );
}

function haystack({ value, label, heading = "", about = "" }: SegmentOption): string {
  return `${value} ${label} ${heading} ${about}`.toLowerCase();
}

function said(words: number, found: number): string {
  if (words === 0) return "";
  if (found === 0) return "No format has these words.";
  return found > MOST ? `${found} formats; the first ${MOST} are shown.` : "";
}
