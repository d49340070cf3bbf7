import { useEffect } from "react";
import { counted, megabytes, whole } from "../figures.ts";
import { Facts } from "../parts/facts.tsx";
import { Pop } from "../parts/pop.tsx";
import { useBitdial } from "../use-store.ts";

/** Limits that decide what fits and how kernels are cut; the rest is in the report. */
const shownLimits = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxStorageBuffersPerShaderStage",
] as const;

export function DeviceBadge() {
  const adapter = useBitdial((state) => state.adapter);
  if (!adapter) return null;
  const { name, software, subgroupSize, features, wgslFeatures, limits } = adapter;
  const chip = [adapter.vendor, adapter.architecture].filter((word) => word !== "").join(" ");
  return (
    <Pop
      label={`Device: ${name}${software ? ", software" : ""}`}
      chip={
        <>
          <span
            aria-hidden="true"
            className={`size-2 shrink-0 rounded-full ${software ? "bg-heat" : "bg-good"}`}
          />
          <span className="hidden truncate tablet:inline">{name}</span>
          {software ? (
            <span className="text-soft">software</span>
          ) : (
            <span className="text-soft tablet:hidden">GPU</span>
          )}
        </>
      }
    >
      <h2 className="mb-2 font-semibold [overflow-wrap:anywhere]">{name}</h2>
      {software && (
        <p className="mb-3 rounded-field bg-heat-wash p-2.5 text-heat-ink">
          A software adapter: the processor poses as a GPU. Sizes, words and quality are real;
          speeds say nothing about a GPU.
        </p>
      )}
      <Facts
        rows={[
          ...(chip === "" ? [] : [{ name: "Chip", value: chip }]),
          {
            name: "Subgroups",
            value: subgroupSize
              ? subgroupSize.min === subgroupSize.max
                ? `of ${subgroupSize.min}`
                : `of ${subgroupSize.min} to ${subgroupSize.max}`
              : "none",
          },
          { name: "Features", value: features.length > 0 ? features.join(", ") : "none" },
          { name: "WGSL", value: wgslFeatures.length > 0 ? wgslFeatures.join(", ") : "none" },
          ...shownLimits.flatMap((limit) =>
            limits[limit] === undefined
              ? []
              : [{ name: limitName(limit), value: limitValue(limit, limits[limit]) }],
          ),
        ]}
      />
      <Memory />
    </Pop>
  );
}

/** The buffers that are alive: turning dials back and forth must not add to them. */
function Memory() {
  const counters = useBitdial((state) => state.counters);
  const readCounters = useBitdial((state) => state.readCounters);
  useEffect(() => {
    void readCounters();
  }, [readCounters]);
  if (!counters) return null;
  return (
    <div className="mt-3 border-t border-line pt-3">
      <Facts
        rows={[
          { name: "GPU memory in use", value: `${megabytes(counters.liveBytes)} MB` },
          { name: "At its most", value: `${megabytes(counters.peakBytes)} MB` },
          { name: "Pipelines made", value: whole(counters.pipelinesMade) },
          { name: "Submits", value: whole(counters.submits) },
        ]}
      />
    </div>
  );
}

function limitName(limit: string): string {
  const words = limit.replace(/^max/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `Most${words}`;
}

function limitValue(limit: string, value: number): string {
  if (!limit.endsWith("Size")) return String(value);
  if (value >= 2 ** 20) return `${Math.floor(value / 2 ** 20)} MiB`;
  return value >= 1024 ? `${Math.floor(value / 1024)} KiB` : counted(value, "byte");
}
