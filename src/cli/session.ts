import type { AdapterInfo, Engine, ModelInfo, SettingState } from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";
import type { Context } from "./context.ts";
import { openEngine } from "./engine.ts";
import { findModelSource } from "./model-source.ts";
import type { ModelOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

export interface Session {
  readonly engine: Engine;
  readonly adapter: AdapterInfo;
  readonly model: ModelInfo;
}

/** Runs `work` on an engine with the model loaded, and frees it whatever happens. */
export async function withSession<T>(
  { terminal, signal }: Context,
  options: ModelOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  // Before the adapter is opened: a wrong path is told at once.
  const source = await findModelSource(options.model);
  const { engine, adapter, notes } = await openEngine(
    options.adapter,
    ({ sentence }) => terminal.note(sentence),
    { defaultLimits: options.defaultLimits ?? false },
  );
  const cancel = (): void => void engine.cancel();
  signal.addEventListener("abort", cancel);
  try {
    for (const note of notes) terminal.note(`${adapter.name}: ${note}`);
    const model = await engine.load(source, terminal.progress).catch((error: unknown) => {
      // The engine names the file; which folder it is in is known here.
      if (error instanceof UserError) throw new UserError(`${options.model}: ${error.message}`);
      throw error;
    });
    return await work({ engine, adapter, model });
  } finally {
    signal.removeEventListener("abort", cancel);
    terminal.clear();
    await engine.dispose();
  }
}

/** Kernels that compute wrongly on this device: others took their place, and the user should know. */
export function noteFailedChecks(terminal: Terminal, { checks }: SettingState): void {
  for (const { ok, sentence } of checks) if (!ok && sentence) terminal.note(sentence);
}

/** The adapter as every JSON document names it. */
export function adapterJson({
  name,
  software,
  vendor,
  architecture,
  runtime,
}: AdapterInfo): object {
  return { name, software, vendor, architecture, runtime };
}
