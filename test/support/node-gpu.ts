import { ADAPTER_CHOICES, type NodeGpu, openNodeGpu } from "../../src/cli/adapters.ts";

/**
 * The adapter that tests compute on: BITDIAL_ADAPTER, by default Mesa's llvmpipe where that exists.
 * Without it tests fail: skipping would make a green run that computed nothing.
 */
export async function openTestGpu(): Promise<NodeGpu> {
  const wanted =
    process.env.BITDIAL_ADAPTER || (process.platform === "linux" ? "llvmpipe" : "auto");
  const choice = ADAPTER_CHOICES.find((name) => name === wanted);
  if (!choice) {
    throw new Error(`BITDIAL_ADAPTER is "${wanted}"; it can be ${ADAPTER_CHOICES.join(", ")}.`);
  }
  return await openNodeGpu(choice);
}
