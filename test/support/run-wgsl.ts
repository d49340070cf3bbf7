import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { readBuffer } from "../../src/gpu/readback.ts";
import { shaderFile } from "../../src/kernels/sources.ts";
import type { CaseGpu } from "./gpu-cases.ts";

/**
 * What a function of shaders/lib returns for every pair of words: `call` is WGSL over `a` and `b`, both u32, and gives a u32. For what no
 * kernel's output shows to the last bit.
 */
export async function callWgsl(
  { context }: CaseGpu,
  stem: string,
  call: string,
  pairs: readonly (readonly [number, number])[],
): Promise<Uint32Array> {
  const code = `
    @group(0) @binding(0) var<storage, read> pairs: array<vec2u>;
    @group(0) @binding(1) var<storage, read_write> results: array<u32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x < arrayLength(&pairs)) {
        let a = pairs[id.x].x;
        let b = pairs[id.x].y;
        results[id.x] = ${call};
      }
    }
    // @file ${stem}
    ${shaderFile(stem)}`;
  const made = await new PipelineCache(context).get({
    label: stem,
    code,
    bindings: [
      { name: "pairs", binding: 0, access: "read" },
      { name: "results", binding: 1, access: "read_write" },
    ],
    overrides: {},
  });
  const input = context.upload("pairs", "test", Uint32Array.from(pairs.flat()));
  const empty = new Uint32Array(pairs.length);
  const output = context.upload("results", "test", empty, GPUBufferUsage.COPY_SRC);
  const group = context.createBindGroup({
    layout: made.layout,
    entries: [input, output].map(({ buffer }, binding) => ({ binding, resource: { buffer } })),
  });
  const encoder = context.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(made.pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(Math.ceil(pairs.length / 64));
  pass.end();
  context.submit(encoder.finish());
  const words = new Uint32Array(await readBuffer(context, output.buffer, empty.byteLength));
  input.destroy();
  output.destroy();
  return words;
}
