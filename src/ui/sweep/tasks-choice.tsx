import { quickItems, sweepTaskNames, taskWords } from "../../store/lab-tasks.ts";
import type { SweepTask } from "../../store/own-types.ts";
import { counted, whole } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { FileDrop } from "../parts/file-drop.tsx";
import { Segment } from "../parts/segment.tsx";
import { useBitdial } from "../use-store.ts";

const wordsOf = (name: SweepTask): string =>
  name === "temperature"
    ? "texts sampled at five temperatures, and how much they repeat themselves"
    : taskWords[name];

const lengths = [
  { items: quickItems, label: `${quickItems} each` },
  { items: null, label: "all" },
] as const;

/** Which questions a sweep asks beside its figures. */
export function TasksChoice({ disabled }: { readonly disabled: boolean }) {
  const tasks = useBitdial((state) => state.sweepTasks);
  const items = useBitdial((state) => state.sweepItems);
  const toggle = useBitdial((state) => state.toggleSweepTask);
  const setItems = useBitdial((state) => state.setSweepItems);
  const own = useBitdial((state) => state.ownPairs);
  const shown = tasks.length > 0 || own !== null;
  return (
    <div className="grid gap-2">
      <p className="flex justify-between text-[13px]">
        Tasks
        <span className="text-xs text-soft">questions with one right answer</span>
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box. */}
      <div role="group" aria-label="Tasks to ask" className="flex flex-wrap gap-1">
        {sweepTaskNames.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={tasks.includes(name)}
            title={wordsOf(name)}
            disabled={disabled}
            className="rounded-full border border-line px-2.5 py-0.5 text-[12.5px] text-soft hover:border-faint disabled:opacity-60 aria-pressed:border-transparent aria-pressed:bg-accent-wash aria-pressed:font-semibold aria-pressed:text-accent"
            onClick={() => toggle(name)}
          >
            {name}
          </button>
        ))}
      </div>
      {tasks.length > 0 && (
        <ul className="text-xs text-soft">
          {tasks.map((name) => (
            <li key={name}>
              {name}: {wordsOf(name)}
            </li>
          ))}
        </ul>
      )}
      {shown && (
        <Segment
          label="Items of a task"
          options={lengths.map((length) => ({
            value: String(length.items),
            label: length.label,
            chosen: length.items === items,
            reason: disabled ? "rows of different lengths do not compare" : null,
          }))}
          onChoose={(value) => setItems(value === "null" ? null : Number(value))}
        />
      )}
      <OwnPairs disabled={disabled} />
    </div>
  );
}

const FAULTS_SHOWN = 5;

function OwnPairs({ disabled }: { readonly disabled: boolean }) {
  const own = useBitdial((state) => state.ownPairs);
  const faults = useBitdial((state) => state.pairsFaults);
  const takePairs = useBitdial((state) => state.takePairs);
  const forgetPairs = useBitdial((state) => state.forgetPairs);
  return (
    <>
      <FileDrop
        label="Own pairs …"
        accept=".jsonl,.json,.ndjson"
        disabled={disabled}
        take={(name, bytes) => void takePairs(name, bytes)}
      >
        {own ? (
          <>
            <span className="min-w-0 break-words">
              {own.name}, {counted(own.count, "pair")}
            </span>
            <Button
              look="quiet"
              className="px-2 py-1 text-xs"
              disabled={disabled}
              onClick={forgetPairs}
            >
              Leave out
            </Button>
          </>
        ) : (
          <span>JSON Lines as BLiMP has them: sentence_good, sentence_bad</span>
        )}
      </FileDrop>
      <ul role="status" className="text-xs break-words text-bad empty:hidden">
        {faults.slice(0, FAULTS_SHOWN).map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
        {faults.length > FAULTS_SHOWN && (
          <li>… and {whole(faults.length - FAULTS_SHOWN)} more lines.</li>
        )}
      </ul>
    </>
  );
}
