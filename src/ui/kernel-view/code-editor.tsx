import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { KernelVerdict } from "../../store/types.ts";
import { wgslClasses, wgslTokens } from "./wgsl.ts";

interface CodeEditorProps {
  readonly label: string;
  /** The text to begin with; later changes come from the user alone. */
  readonly code: string;
  readonly messages: KernelVerdict["messages"];
  onChange(code: string): void;
}

/** A code editor; its code is fetched when somebody wants to change a kernel. */
export function CodeEditor({ label, code, messages, onChange }: CodeEditorProps) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  // The editor is made once, and tells whoever listens now.
  const first = useRef({ label, code });
  const listener = useRef(onChange);
  useEffect(() => {
    listener.current = onChange;
  }, [onChange]);
  useEffect(() => {
    if (!holder.current) return;
    const made = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: first.current.code,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          // Tab goes on to the next control, as everywhere on the page.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({
            "aria-label": first.current.label,
            spellcheck: "false",
            tabindex: "0",
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) listener.current(update.state.doc.toString());
          }),
          colours,
          look,
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const made = view.current;
    if (!made) return;
    const found = messages.flatMap((message) => diagnosticOf(made.state.doc, message));
    made.dispatch(setDiagnostics(made.state, found));
    const [worst] = found;
    if (worst) made.dispatch({ selection: { anchor: worst.from }, scrollIntoView: true });
  }, [messages]);
  return <div ref={holder} className="border-y border-line" />;
}

/** What has no line is told below the editor alone. */
function diagnosticOf(
  doc: Text,
  { type, line, column, length, text }: KernelVerdict["messages"][number],
): Diagnostic[] {
  if (line < 1 || line > doc.lines) return [];
  const { from: start, to: end } = doc.line(line);
  const from = Math.min(end, start + Math.max(0, column - 1));
  const to = Math.min(end, from + Math.max(1, length));
  return [{ from, to, severity: type, message: text }];
}

/** The same colours as where the text is only read. */
const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(made: EditorView) {
      this.decorations = coloured(made.state.doc);
    }

    update({ docChanged, state }: ViewUpdate): void {
      if (docChanged) this.decorations = coloured(state.doc);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

function coloured(doc: Text): DecorationSet {
  return Decoration.set(
    wgslTokens(doc.toString()).map(({ from, to, kind }) =>
      Decoration.mark({ class: wgslClasses[kind] }).range(from, to),
    ),
  );
}

const look = EditorView.theme({
  "&": { maxHeight: "30rem", fontSize: "12px", backgroundColor: "var(--color-sunk)" },
  "&.cm-focused": { outline: "2px solid var(--color-accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { caretColor: "var(--color-ink)" },
  ".cm-cursor": { borderLeftColor: "var(--color-ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--color-sunk)",
    color: "var(--color-faint)",
    borderRight: "1px solid var(--color-line)",
  },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "color-mix(in srgb, var(--color-accent) 25%, transparent)" },
  ".cm-tooltip": {
    backgroundColor: "var(--color-panel)",
    color: "var(--color-ink)",
    border: "1px solid var(--color-line)",
  },
});
