import { CircleAlert, CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { counted } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

/** Whether the kernels behind the figures were right on this device, and when that was looked at. */
export function CheckSentence() {
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const row = useBitdial(({ rows }) => rows.find((other) => other.setting === setting));
  const minute = useMinute();
  if (!row) return null;
  const failed = row.checks.filter(({ ok }) => !ok);
  const passed = row.checks.length - failed.length;
  return (
    <div className="flex gap-2 border-t border-line px-4 py-3 text-xs text-faint">
      {failed.length === 0 ? (
        <CircleCheck size={15} className="shrink-0 text-good" aria-hidden="true" />
      ) : (
        <CircleAlert size={15} className="shrink-0 text-bad" aria-hidden="true" />
      )}
      <div>
        <p>
          {counted(passed, "kernel check")} passed on this device against the CPU{" "}
          {ago(row.checkedAt, minute)}
          {failed.length === 0 ? ", all within bounds." : "."}
        </p>
        {failed.map(({ kernel, format, sentence }) => (
          <p key={`${kernel} ${format}`} className="mt-1 text-bad">
            {sentence ?? `${kernel} fails for ${format} on this device.`}
          </p>
        ))}
      </div>
    </div>
  );
}

function ago(time: string, now: number): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(time)) / 60_000));
  if (minutes === 0) return "just now";
  return minutes < 60 ? `${counted(minutes, "minute")} ago` : `at ${time.slice(11, 16)} UTC`;
}

function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
