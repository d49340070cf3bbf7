/** The tasks there are, by the names that commands, files and reports use; `own` is a file of pairs that the user brings. */
export const TASK_IDS = ["retrieval", "endings", "cloze", "pairs", "induction", "own"] as const;
export type TaskId = (typeof TASK_IDS)[number];

/** The tasks that ship with the program, one file each. */
export const SHIPPED_TASKS = TASK_IDS.filter((id) => id !== "own");

/** An address below the page's own, and a path below `public`. */
export const taskPath = (id: TaskId): string => `texts/tasks/${id}.jsonl`;

/** What is asked, in a line. */
export const taskWords: Readonly<Record<TaskId, string>> = {
  retrieval: "a fact told some sentences earlier, among the facts told of others",
  endings: "the sentence that comes next in a story, among sentences of other stories",
  cloze: "the word a story goes on with, among three of its kind",
  pairs: "the grammatical one of two sentences that differ in a word",
  induction: "the word that followed last time, in a list of random words told twice",
  own: "the better one of two sentences, of your own file",
};

/** One question with one right answer, to be told by likelihood. */
export interface TaskItem {
  /** Items of a kind, "3 facts". */
  readonly group: string;
  readonly context: string;
  /** Each begins right behind the context. */
  readonly choices: readonly string[];
  readonly answer: number;
}

export interface Task {
  readonly id: TaskId;
  /** The file's name, and the SHA-256 of its bytes. */
  readonly name: string;
  readonly sha256: string;
  readonly items: readonly TaskItem[];
  /** Items of the file, of which `items` may be a part. */
  readonly total: number;
}

/** A part of a task, from all over its file: neighbours are of a kind. */
export function shortened(task: Task, most: number): Task {
  const { items } = task;
  if (items.length <= most) return task;
  const step = items.length / most;
  const taken = new Set(Array.from({ length: most }, (_, at) => Math.floor(at * step)));
  return { ...task, items: items.filter((_, at) => taken.has(at)) };
}

/**
 * The index that the likelihoods choose. Continuations of different length are compared by nats a token in `endings`, where they are
 * whole sentences; elsewhere by their sum, as is usual for words and for pairs of sentences. Where two are equally likely, none is chosen.
 */
export function chosen(
  id: TaskId,
  logLikelihood: readonly number[],
  tokens: readonly number[],
): number | null {
  const scores = logLikelihood.map((sum, at) => (id === "endings" ? sum / (tokens[at] ?? 0) : sum));
  const best = Math.max(...scores);
  const first = scores.indexOf(best);
  return first >= 0 && first === scores.lastIndexOf(best) ? first : null;
}

/** Share of right answers that guessing gets. */
export function chanceOf(items: readonly TaskItem[]): number {
  return items.reduce((sum, { choices }) => sum + 1 / choices.length, 0) / items.length;
}
