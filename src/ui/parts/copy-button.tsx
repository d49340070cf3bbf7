import { Check, Copy } from "lucide-react";
import { useState } from "react";

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch {
      // Refused by the browser: the text stands beside the button and can be copied by hand.
    }
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={copied ? "Copied" : label}
      title={copied ? "Copied" : label}
      className="rounded-field px-2.5 text-soft hover:text-ink"
      onClick={() => void copy()}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
}
