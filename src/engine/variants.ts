/** What remembers a device's measured choices between visits: localStorage in the page, a file for the command line. */
export interface VariantMemory {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

export type Choosing = Pick<VariantChooser, "choose">;

/** The same choice for an op among the same variants whenever it is asked again. */
export function remembering(chooser: Choosing): Choosing {
  const chosen = new Map<string, string | null>();
  return {
    choose(op, opClass, ids) {
      const key = [op, ...ids].join(" ");
      const known = chosen.get(key);
      if (known !== undefined) return known;
      const id = chooser.choose(op, opClass, ids);
      chosen.set(key, id);
      return id;
    },
  };
}

interface Choice {
  readonly variant: string;
  readonly ms: Readonly<Record<string, number>>;
}

/**
 * Which variant of an op runs on this device: an override if the user set one, else what was measured here (now or on an earlier visit),
 * else what was measured for its class ("matvec/int/dequant"), else the first of the list.
 */
export class VariantChooser {
  readonly #memory: VariantMemory;
  readonly #prefix: string;
  readonly #choices = new Map<string, Choice>();
  readonly #overrides = new Map<string, string>();
  readonly #inUse = new Map<string, string>();
  readonly #offered = new Map<string, readonly string[]>();
  /** Variants that failed their check on this device. */
  readonly #broken = new Set<string>();

  constructor(memory: VariantMemory, adapter: string) {
    this.#memory = memory;
    this.#prefix = `bitdial/variants/2/${adapter}/`;
  }

  async recall(opClass: string): Promise<boolean> {
    if (this.#choices.has(opClass)) return true;
    const text = await this.#memory.get(this.#prefix + opClass);
    if (text === null) return false;
    this.#choices.set(opClass, { variant: text, ms: {} });
    return true;
  }

  async learn(opClass: string, ms: Readonly<Record<string, number>>): Promise<void> {
    const best = Object.entries(ms).sort((a, b) => a[1] - b[1])[0];
    if (!best) return;
    this.#choices.set(opClass, { variant: best[0], ms });
    await this.#memory.set(this.#prefix + opClass, best[0]);
  }

  override(op: string, variant: string | null): void {
    if (variant === null) this.#overrides.delete(op);
    else this.#overrides.set(op, variant);
  }

  reject(op: string, variant: string): void {
    this.#broken.add(`${op}/${variant}`);
  }

  /** The id to use for `op` among `ids`, best first; null when every one has failed its check. */
  choose(op: string, opClass: string, ids: readonly string[]): string | null {
    this.#offered.set(op, ids);
    const sound = ids.filter((id) => !this.#broken.has(`${op}/${id}`));
    const wanted = [this.#overrides.get(op), this.#choices.get(opClass)?.variant, sound[0]];
    const chosen =
      wanted.find((id): id is string => id !== undefined && sound.includes(id)) ?? null;
    if (chosen !== null) this.#inUse.set(op, chosen);
    return chosen;
  }

  /** Op -> variant in use. */
  inUse(): Record<string, string> {
    return Object.fromEntries(this.#inUse);
  }

  offered(): Record<string, readonly string[]> {
    return Object.fromEntries(this.#offered);
  }
}
