import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect } from "react";
import type { Theme } from "../../store/types.ts";
import { useBitdial } from "../use-store.ts";

const looks = { system: Monitor, light: Sun, dark: Moon } as const;
const next = { system: "light", light: "dark", dark: "system" } as const satisfies Record<
  Theme,
  Theme
>;

export function ThemeToggle() {
  const theme = useBitdial((state) => state.theme);
  const setTheme = useBitdial((state) => state.setTheme);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const Icon = looks[theme];
  const label = `Theme: ${theme}. Change to ${next[theme]}.`;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className="grid size-8 shrink-0 place-items-center rounded-field text-soft hover:bg-sunk hover:text-ink"
      onClick={() => setTheme(next[theme])}
    >
      <Icon size={17} aria-hidden="true" />
    </button>
  );
}
