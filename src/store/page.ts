import type { Kit } from "./kit.ts";
import type { PageState, Surroundings, Theme, Verbs } from "./types.ts";

const THEME_KEY = "bitdial/theme";

export function pageState(around: Surroundings): PageState {
  const remembered = around.recall(THEME_KEY);
  const theme: Theme = remembered === "light" || remembered === "dark" ? remembered : "system";
  return { theme, place: "playground", view: "write", activity: "idle" };
}

type PageVerbs = Pick<Verbs, "setTheme" | "setView" | "goTo">;

export function pageVerbs({ around, set }: Kit): PageVerbs {
  return {
    setTheme(theme) {
      around.remember(THEME_KEY, theme);
      set({ theme });
    },
    goTo(place) {
      set({ place });
    },
    setView(view) {
      set({ view });
    },
  };
}
