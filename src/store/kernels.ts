import { judgeCopy, removeCopy, restoreCopies, takeCopy } from "./kernel-copies.ts";
import type { KernelVerbs } from "./kernel-types.ts";
import { exportKernels, runKernels, showSources } from "./kernels-work.ts";
import type { Kit } from "./kit.ts";

export function kernelVerbs(kit: Kit): KernelVerbs {
  const { get, set } = kit;
  return {
    async setKernelOp(kernelOp) {
      set({ kernelOp });
      await showSources(kit);
    },
    async setKernelShape(kernelShape) {
      set({ kernelShape });
      await showSources(kit);
    },
    async showKernel(kernelFormat) {
      set({ kernelFormat });
      await showSources(kit);
    },
    async showVariant(kernelVariant) {
      set({ kernelVariant, copyDraft: null });
    },
    runKernels: (formats) => runKernels(kit, formats),
    async exportKernels(kind) {
      return exportKernels(kit, kind);
    },
    async editCopy() {
      const { kernelSources, kernelVariant, copies } = get();
      const source = kernelSources.find(({ variant }) => variant === kernelVariant);
      if (!source) return;
      const kept = copies.find(({ label }) => label === source.label);
      set({ copyDraft: { source, code: kept?.code ?? source.code, verdict: null } });
    },
    async changeCopy(code) {
      const { copyDraft } = get();
      if (copyDraft) set({ copyDraft: { ...copyDraft, code } });
    },
    async closeCopy() {
      set({ copyDraft: null });
    },
    judgeCopy: () => judgeCopy(kit),
    takeCopy: () => takeCopy(kit),
    removeCopy: (label) => removeCopy(kit, label),
    restoreCopies: (text) => restoreCopies(kit, text),
  };
}
