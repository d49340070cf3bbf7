import { readLink, writeLink } from "./link.ts";
import type { BitdialStore } from "./store.ts";

/** The part of the address that holds the setting, as the browser gives it. */
export interface Address {
  readonly hash: string;
  replace(hash: string): void;
  onChange(run: () => void): void;
}

/**
 * Keeps setting, prompt and sampling in the address, and follows an address that was edited or gone
 * back to. What a link holds is taken before the model is loaded.
 */
export function followAddress(store: BitdialStore, address: Address): void {
  const take = () => {
    const { setting, prompt, maxTokens, sampling, place, model = null } = readLink(address.hash);
    const state = store.getState();
    state.followModel(model);
    if (prompt !== undefined) state.setPrompt(prompt);
    if (maxTokens !== undefined) state.setMaxTokens(maxTokens);
    if (sampling) state.setSampling(sampling);
    if (setting !== undefined) state.editSetting(setting);
    if (place !== undefined) state.goTo(place);
  };
  take();
  address.onChange(take);
  store.subscribe((state, before) => {
    const { setting, prompt, maxTokens, sampling, place, fault, opened, linked } = state;
    const same =
      setting === before.setting &&
      prompt === before.prompt &&
      maxTokens === before.maxTokens &&
      sampling === before.sampling &&
      place === before.place &&
      opened === before.opened &&
      linked === before.linked;
    // A setting that is being mistyped stays out of the address.
    if (same || fault) return;
    const hash = writeLink({
      setting,
      prompt,
      maxTokens,
      sampling,
      place,
      model: linked ?? opened?.id ?? null,
    });
    if (hash !== address.hash) address.replace(hash);
  });
}
