import webgpuUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { PeerHost } from "./peer.ts";
import type { Runtime } from "./runtime.ts";

/** ONNX Runtime for browsers, from the page's own origin: 14 MB for the processor, 27 MB for WebGPU, each when first used. */
export async function webHost(): Promise<PeerHost> {
  const { env } = await import("onnxruntime-web/wasm");
  return {
    version: env.versions.web ?? "",
    providers: ["webgpu", "wasm"],
    async runtime(provider): Promise<Runtime> {
      if (provider === "webgpu") {
        const runtime = await import("onnxruntime-web/webgpu");
        runtime.env.wasm.wasmPaths = { wasm: webgpuUrl };
        runtime.env.logLevel = "error";
        return runtime;
      }
      const runtime = await import("onnxruntime-web/wasm");
      runtime.env.wasm.wasmPaths = { wasm: wasmUrl };
      // More threads than one need a page isolated from all others, which Bitdial does not ask for.
      runtime.env.wasm.numThreads = 1;
      return runtime;
    },
  };
}
