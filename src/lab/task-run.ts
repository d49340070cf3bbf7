import type { Engine, Side } from "../engine/protocol.ts";
import { seedOf, TEMPERATURES, WRITING, type WritingResult, writingResult } from "./repetition.ts";
import type { ReportTasks } from "./report-tasks.ts";
import { type TaskResult, taskResult } from "./task-score.ts";
import { chosen, type Task } from "./tasks.ts";

/** What to ask of every setting. */
export interface TaskRequest {
  readonly tasks: readonly Task[];
  /** Let both write at several temperatures, too. */
  readonly writing: boolean;
}

export interface TaskResults {
  readonly tasks: readonly TaskResult[];
  /** One for each temperature; empty where none was asked for. */
  readonly writing: readonly WritingResult[];
}

export interface TaskHooks {
  /** 0..1, and what is being done. */
  readonly tell: (part: number, note: string) => void;
  readonly signal: AbortSignal;
}

/** Asks the candidate that stands; null when it was stopped. */
export type MeasureTasks = (hooks: TaskHooks) => Promise<TaskResults | null>;

/**
 * Tasks for one reference and many candidates: what the reference answers and writes is computed with the first candidate and kept, as
 * it does not change. The engine's reference must stay the same setting.
 */
export function createTasks(engine: Engine, request: TaskRequest): MeasureTasks {
  const answered = new Map<Task, readonly boolean[]>();
  const written = new Map<string, readonly number[]>();
  const steps = request.tasks.length + (request.writing ? TEMPERATURES.length : 0);

  return async ({ tell, signal }) => {
    let step = 0;
    const within = (part: number, note: string): void => tell((step + part) / steps, note);
    const tasks: TaskResult[] = [];
    for (const task of request.tasks) {
      const known = answered.get(task);
      const found = await answers(
        engine,
        task,
        known ? ["candidate"] : ["reference", "candidate"],
        within,
      );
      if (signal.aborted || !found) return null;
      const reference = known ?? found.reference;
      answered.set(task, reference);
      tasks.push(taskResult(task, reference, found.candidate));
      step++;
    }
    const writing: WritingResult[] = [];
    for (const temperature of request.writing ? TEMPERATURES : []) {
      const found = await texts(engine, temperature, written, within, signal);
      if (signal.aborted || !found) return null;
      writing.push(writingResult(temperature, found.reference, found.candidate));
      step++;
    }
    return { tasks, writing };
  };
}

/** Which items each side answers right. */
async function answers(
  engine: Engine,
  { id, items }: Task,
  sides: readonly Side[],
  tell: (part: number, note: string) => void,
): Promise<Readonly<Record<Side, boolean[]>> | null> {
  const asked = items.map(({ context, choices }) => ({ context, choices }));
  const scored = await engine.scoreChoices({ sides, items: asked }, ({ fraction, note }) =>
    tell(fraction ?? 0, `${id}, ${note}`),
  );
  if (scored.cancelled) return null;
  const right = (side: Side): boolean[] =>
    scored.items.map(
      ({ logLikelihood, tokens }, at) =>
        chosen(id, logLikelihood[side] ?? [], tokens) === items[at]?.answer,
    );
  return { reference: right("reference"), candidate: right("candidate") };
}

/** Both sides' texts at a temperature; the reference's are written once. */
async function texts(
  engine: Engine,
  temperature: number,
  written: Map<string, readonly number[]>,
  tell: (part: number, note: string) => void,
  signal: AbortSignal,
): Promise<Readonly<Record<Side, (readonly number[])[]>> | null> {
  const { prompts, tokens } = WRITING;
  const found: Record<Side, (readonly number[])[]> = { reference: [], candidate: [] };
  for (const [at, prompt] of prompts.entries()) {
    tell(at / prompts.length, `temperature ${temperature}, ${at} of ${prompts.length} texts`);
    const key = `${temperature} ${at}`;
    const known = written.get(key);
    const { sides } = await engine.generate(
      {
        prompt,
        maxTokens: tokens,
        sampling: {
          temperature,
          topK: 0,
          topP: 1,
          minP: 0,
          repetitionPenalty: 1,
          seed: seedOf(at),
        },
        sides: known ? ["candidate"] : ["reference", "candidate"],
        compare: false,
      },
      () => undefined,
    );
    if (signal.aborted || sides.some(({ stop }) => stop === "cancelled")) return null;
    const own = (side: Side): readonly number[] =>
      sides.find((result) => result.side === side)?.tokens ?? [];
    const reference = known ?? own("reference");
    written.set(key, reference);
    found.reference.push(reference);
    found.candidate.push(own("candidate"));
  }
  return found;
}

/** What was asked, in words that are equal only where the answers may stand side by side. */
export function askedOf(measured: TaskRequest | ReportTasks | null | undefined): string {
  if (!measured) return "none";
  const tasks = measured.tasks.map((task) =>
    "id" in task
      ? `${task.id} ${task.sha256.slice(0, 12)}, ${task.items.length} items`
      : `${task.task} ${task.source.sha256.slice(0, 12)}, ${task.items} items`,
  );
  const wrote =
    measured.writing === true || (measured.writing !== false && measured.writing.length > 0);
  return [...tasks, ...(wrote ? ["temperature"] : [])].join("; ") || "none";
}
