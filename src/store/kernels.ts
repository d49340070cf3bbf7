import type { KernelVerbs } from "./kernel-types.ts";
import type { Kit } from "./kit.ts";
import { COPIES_KEY } from "./late-state.ts";

/** What few visitors do is fetched when it is done. */
export function kernelVerbs(kit: Kit): KernelVerbs {
  const { get, set } = kit;
  const work = () => import("./kernels-work.ts");
  const copying = () => import("./kernel-copies.ts");
  return {
    async setKernelOp(kernelOp) {
      set({ kernelOp });
      await (await work()).showSources(kit);
    },
    async setKernelShape(kernelShape) {
      set({ kernelShape });
      await (await work()).showSources(kit);
    },
    async showKernel(kernelFormat) {
      set({ kernelFormat });
      await (await work()).showSources(kit);
    },
    showVariant(kernelVariant) {
      set({ kernelVariant, copyDraft: null });
    },
    async runKernels(formats) {
      await (await work()).runKernels(kit, formats);
    },
    async exportKernels(kind) {
      return (await work()).exportKernels(kit, kind);
    },
    editCopy() {
      const { kernelSources, kernelVariant, copies } = get();
      const source = kernelSources.find(({ variant }) => variant === kernelVariant);
      if (!source) return;
      const kept = copies.find(({ label }) => label === source.label);
      set({ copyDraft: { source, code: kept?.code ?? source.code, verdict: null } });
    },
    changeCopy(code) {
      const { copyDraft } = get();
      if (copyDraft) set({ copyDraft: { ...copyDraft, code } });
    },
    closeCopy() {
      set({ copyDraft: null });
    },
    async judgeCopy() {
      await (await copying()).judgeCopy(kit);
    },
    async takeCopy() {
      await (await copying()).takeCopy(kit);
    },
    async removeCopy(label) {
      await (await copying()).removeCopy(kit, label);
    },
  };
}

/** Kernels that were changed on an earlier visit compute again, before anything is applied. */
export async function restoreCopies(kit: Kit): Promise<void> {
  const text = await kit.around.kept(COPIES_KEY);
  if (text === null) return;
  const { readCopies } = await import("./kernel-copies.ts");
  const copies = readCopies(text);
  kit.set({ copies });
  await kit.around.engine.setCopies(copies);
}
