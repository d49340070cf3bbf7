import { useBitdial } from "../use-store.ts";

/** How the model reads a conversation: nothing about a chat is hidden from whoever compares answers. */
export function TemplateDetails() {
  const template = useBitdial((state) => state.model?.chatTemplate ?? "");
  const prompt = useBitdial((state) => state.chatPrompt);
  return (
    <details className="border-t border-line text-[13px]">
      <summary className="px-4 py-2.5 text-soft hover:text-ink">
        The model's template, and what it read last
      </summary>
      <div className="grid gap-3 px-4 pb-4">
        <Text title="Template" text={template} />
        <Text title="What the candidate read last" text={prompt === "" ? "Nothing yet." : prompt} />
      </div>
    </details>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-semibold">{title}</h3>
      <pre
        className="max-h-64 overflow-auto rounded-field bg-sunk p-3 font-mono text-xs whitespace-pre-wrap break-words"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
        tabIndex={0}
      >
        {text}
      </pre>
    </div>
  );
}
