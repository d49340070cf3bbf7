import { FlaskConical, Gauge, MessagesSquare, PenLine, SlidersVertical } from "lucide-react";
import type { Place, View } from "../store/types.ts";
import { bits, nats, perSecond } from "./figures.ts";
import { useBitdial } from "./use-store.ts";

const views = [
  { view: "write", label: "Write", Icon: PenLine },
  { view: "dials", label: "Dials", Icon: SlidersVertical },
  { view: "scores", label: "Scores", Icon: Gauge },
  { view: "chat", label: "Chat", Icon: MessagesSquare },
  { view: "lab", label: "Lab", Icon: FlaskConical },
] as const satisfies readonly { view: View | Room; label: string; Icon: unknown }[];

type Room = Exclude<Place, "playground">;

/** On a phone: the way between the views, and above it what the dials just did. */
export function BottomBar() {
  const view = useBitdial((state) => state.view);
  const setView = useBitdial((state) => state.setView);
  const place = useBitdial((state) => state.place);
  const goTo = useBitdial((state) => state.goTo);
  const converses = useBitdial((state) => (state.model?.chatTemplate ?? null) !== null);
  const go = (next: View | Room) => {
    const room = next === "lab" || next === "chat";
    goTo(room ? next : "playground");
    if (!room) setView(next);
    window.scrollTo({ top: 0 });
  };
  const here = place === "playground" ? view : place;
  const shown = views.filter(({ view: name }) => name !== "chat" || converses || here === name);
  return (
    <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] tablet:hidden">
      <Summary />
      <nav aria-label="Parts of the page" className="grid auto-cols-fr grid-flow-col">
        {shown.map(({ view: name, label, Icon }) => (
          <button
            key={name}
            type="button"
            aria-current={here === name ? "page" : undefined}
            className={`flex min-h-12 items-center justify-center gap-2 text-[13px] ${here === name ? "font-semibold text-accent" : "text-soft"}`}
            onClick={() => go(name)}
          >
            <Icon size={17} aria-hidden="true" />
            {label}
          </button>
        ))}
      </nav>
    </div>
  );
}

function Summary() {
  const setting = useBitdial((state) => state.setting);
  const row = useBitdial(({ rows, applied }) =>
    rows.find((other) => other.setting === applied?.setting),
  );
  const applying = useBitdial((state) => state.activity === "applying");
  const kl = row?.quality?.summary.kl.value;
  const rate = row?.speed?.summary.decode.tokensPerSecond;
  return (
    <p className="flex gap-3 border-b border-line px-4 py-1.5 font-mono text-[11px] text-soft">
      <span className="min-w-0 flex-1 truncate text-ink">{setting}</span>
      {applying || !row ? (
        <span>applying …</span>
      ) : (
        <>
          <span>{bits(row.size.bitsPerWeight)} bits</span>
          {kl !== undefined && <span>KL {nats(kl)}</span>}
          {rate !== undefined && <span>{perSecond(rate)} tok/s</span>}
        </>
      )}
    </p>
  );
}
