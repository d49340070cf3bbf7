import { Square } from "lucide-react";
import type { QualityResult, SpeedResult } from "../../store/types.ts";
import { whole, widthOf } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { Switch } from "../parts/switch.tsx";
import { useBitdial } from "../use-store.ts";

interface MeasureBarProps {
  readonly quality: QualityResult | null;
  readonly speed: SpeedResult | null;
}

/** What is being measured, what the figures above were measured on, and the way to more of it. */
export function MeasureBar({ quality, speed }: MeasureBarProps) {
  const activity = useBitdial((state) => state.activity);
  const note = useBitdial((state) => state.measureNote);
  const fault = useBitdial((state) => state.measureFault);
  const stop = useBitdial((state) => state.stop);
  const running = activity === "quality" || activity === "speed" || activity === "kernels";
  return (
    <div className="border-t border-line px-3.5 py-2.5 text-xs text-soft">
      {running ? (
        <div className="flex items-center gap-3">
          <span className="whitespace-nowrap">{note}</span>
          <MeasureProgress />
          <Button className="px-2.5 py-1 text-xs" onClick={() => void stop()}>
            <Square size={11} fill="currentColor" aria-hidden="true" />
            Stop
          </Button>
        </div>
      ) : (
        <Choices />
      )}
      {fault && (
        <p role="alert" className="mt-2 text-bad">
          {fault}
        </p>
      )}
      <Source quality={quality} speed={speed} />
    </div>
  );
}

function Choices() {
  const measure = useBitdial((state) => state.measure);
  const autoMeasure = useBitdial((state) => state.autoMeasure);
  const setAutoMeasure = useBitdial((state) => state.setAutoMeasure);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button className="px-2.5 py-1 text-xs" onClick={() => void measure("quick")}>
        Measure again
      </Button>
      <Button className="px-2.5 py-1 text-xs" onClick={() => void measure("whole")}>
        Quality on the whole text
      </Button>
      <span className="ml-auto">
        <Switch
          on={autoMeasure}
          title="Measure speed and quality of each setting as soon as its text is written"
          onChange={setAutoMeasure}
        >
          measure every setting
        </Switch>
      </span>
    </div>
  );
}

function MeasureProgress() {
  const fraction = useBitdial((state) => state.measureFraction);
  return (
    <span
      role="progressbar"
      aria-label="Progress of the measurement"
      aria-valuemin={0}
      aria-valuemax={100}
      {...(fraction === null ? {} : { "aria-valuenow": Math.round(fraction * 100) })}
      className="h-1.5 min-w-8 flex-1 overflow-hidden rounded bg-sunk"
    >
      <span
        className={`block h-full bg-accent ${fraction === null ? "w-1/3 animate-pulse" : ""}`}
        {...(fraction === null ? {} : { style: { width: widthOf(fraction) } })}
      />
    </span>
  );
}

function Source({ quality, speed }: MeasureBarProps) {
  const adapter = useBitdial((state) => state.adapter);
  if (!adapter || (!quality && !speed)) return null;
  const parts = [
    `Measured on ${adapter.name}${adapter.software ? ", a software adapter: its speeds say nothing about a GPU" : ""}.`,
    ...(quality
      ? [
          `Quality: ${quality.text.name}, ${whole(quality.summary.tokens)} tokens in windows of ${quality.window}, stride ${quality.stride}, 95 % intervals.`,
        ]
      : []),
    ...(speed
      ? [
          `Speed: medians after ${speed.summary.warmups} warm-up, ${speed.words}; ${speed.summary.promptTokens} tokens read, ${speed.summary.tokens} written.`,
        ]
      : []),
  ];
  return <p className="mt-2 leading-normal text-faint">{parts.join(" ")}</p>;
}
