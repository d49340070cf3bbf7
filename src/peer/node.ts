import { UserError } from "../lib/assert.ts";
import type { PeerHost } from "./peer.ts";
import type { Runtime } from "./runtime.ts";

type NodeRuntime = typeof import("onnxruntime-node");

/** ONNX Runtime for Node, on the processor or on whatever adapter its own Dawn opens. */
export async function nodeHost(): Promise<PeerHost> {
  const loaded = await nodeRuntime();
  return {
    version: loaded.env.versions.node ?? loaded.env.versions.common,
    providers: ["webgpu", "cpu"],
    runtime: async () => loaded,
  };
}

/**
 * The package as it is. It brings its own copy of Dawn, which opens the Vulkan driver that the
 * environment names: whoever wants it on our driver opens ours first.
 */
export async function nodeRuntime(): Promise<NodeRuntime & Runtime> {
  try {
    // A CommonJS package: bundlers see its exports, Node only the default one.
    const loaded: NodeRuntime & { default?: NodeRuntime } = await import("onnxruntime-node");
    return loaded.default ?? loaded;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") {
      throw new UserError(
        "ONNX Runtime is not installed: npm install --ignore-scripts onnxruntime-node@1.30.0 brings it.",
      );
    }
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UserError(`onnxruntime-node does not load here: ${reason}`);
  }
}
