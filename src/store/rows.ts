import type { SettingState } from "../engine/protocol.ts";
import { type Kit, rowOf } from "./kit.ts";
import type { SessionRow, SessionState, Verbs } from "./types.ts";

export const sessionState: SessionState = { rows: [], ticked: [] };

/** The settings of a session are kept until the page closes; this many are enough to look through. */
const MOST_ROWS = 60;

export function addRow(kit: Kit, state: SettingState): void {
  const { get, set } = kit;
  const { setting } = state;
  const known = rowOf(get(), setting);
  const fresh: SessionRow = {
    setting,
    side: known?.side ?? state.side,
    size: state.size,
    dispatchesPerToken: state.dispatchesPerToken,
    family: state.family,
    variants: state.variants,
    checks: state.checks,
    copies: state.copies,
    checkedAt: new Date().toISOString(),
    elapsedMs: state.elapsedMs,
    quality: known?.quality ?? null,
    speed: known?.speed ?? null,
    profile: known?.profile ?? null,
    curves: known?.curves ?? null,
    firstTokenMs: known?.firstTokenMs ?? null,
    wrote: known?.wrote ?? false,
  };
  if (known) {
    set({ rows: get().rows.map((row) => (row === known ? fresh : row)) });
    return;
  }
  // A dial turned quickly passes settings that nobody looked at: they leave no row behind.
  const kept = get().rows.filter((row) => row.side === "reference" || wasTried(row));
  set({ rows: [...kept.slice(0, 1), ...kept.slice(1).slice(1 - MOST_ROWS), fresh] });
}

function wasTried({ wrote, quality, speed, profile }: SessionRow): boolean {
  return wrote || quality !== null || speed !== null || profile !== null;
}

type SessionVerbs = Pick<Verbs, "tick" | "forget">;

export function sessionVerbs({ get, set }: Kit): SessionVerbs {
  return {
    tick(setting) {
      const { ticked } = get();
      set({
        ticked: ticked.includes(setting)
          ? ticked.filter((other) => other !== setting)
          : [...ticked, setting].slice(-2),
      });
    },
    forget(setting) {
      const { rows, ticked } = get();
      set({
        rows: rows.filter((row) => row.setting !== setting || row.side === "reference"),
        ticked: ticked.filter((other) => other !== setting),
      });
    },
  };
}
