import type { ReactNode } from "react";
import type { View } from "../store/types.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { Dials } from "./dials/dials.tsx";
import { Scoreboard } from "./scores/scoreboard.tsx";
import { ChartCard } from "./session/chart-card.tsx";
import { SessionCard } from "./session/session-card.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { Status } from "./status.tsx";
import { useBitdial } from "./use-store.ts";
import { Writer } from "./write/writer.tsx";

export function Playground() {
  useShortcuts();
  return (
    <>
      <h1 className="sr-only">Playground</h1>
      <div className="mx-auto grid max-w-[1760px] items-start gap-3 p-3 pb-28 tablet:grid-cols-[316px_minmax(0,1fr)] tablet:gap-4 tablet:p-4 tablet:px-5 desk:grid-cols-[316px_minmax(0,1fr)_332px]">
        {/* One card where there is room, two on a phone, which shows one view at a time. */}
        <div className="grid min-w-0 overflow-hidden tablet:card tablet:sticky tablet:top-17 tablet:order-2">
          <Part view="write" className="max-tablet:card overflow-hidden">
            <Writer />
          </Part>
          <Part
            view="scores"
            className="max-tablet:card overflow-hidden tablet:border-t tablet:border-line"
          >
            <Scoreboard />
          </Part>
        </div>
        <Part view="dials" className="tablet:order-1">
          <Dials />
        </Part>
        <Part
          view="scores"
          className="grid gap-3 tablet:order-3 tablet:col-span-2 tablet:grid-cols-2 tablet:items-start tablet:gap-4 desk:sticky desk:top-17 desk:col-span-1 desk:grid-cols-1"
        >
          <ChartCard />
          <SessionCard />
        </Part>
      </div>
      <BottomBar />
      <Status />
    </>
  );
}

interface PartProps {
  readonly view: View;
  readonly className: string;
  readonly children: ReactNode;
}

function Part({ view, className, children }: PartProps) {
  const shown = useBitdial((state) => state.view === view);
  return (
    <div data-view={view} data-shown={shown} className={`min-w-0 ${className}`}>
      {children}
    </div>
  );
}
