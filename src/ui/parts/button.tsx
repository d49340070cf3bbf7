import type { ComponentProps } from "react";

const looks = {
  plain: "border-line bg-panel text-ink hover:border-faint",
  go: "border-accent bg-accent text-on-accent font-semibold hover:brightness-110",
  quiet: "border-transparent bg-transparent text-soft hover:bg-sunk hover:text-ink",
} as const;

interface ButtonProps extends ComponentProps<"button"> {
  readonly look?: keyof typeof looks;
}

export function Button({ look = "plain", className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`inline-flex items-center justify-center gap-2 rounded-field border px-3 py-1.5 disabled:opacity-50 ${looks[look]} ${className}`}
      {...rest}
    />
  );
}
