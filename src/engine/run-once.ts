import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { Pipeline } from "../gpu/pipelines.ts";
import { readBuffer } from "../gpu/readback.ts";
import { uniformWindow } from "./activations.ts";
import { bindGroup } from "./program.ts";

/** One dispatch over buffers made for it, by the names of the pipeline's bindings; resolves to `y`. */
export async function runOnce(
  context: GpuContext,
  pipeline: Pipeline,
  [gridX, gridY, gridZ]: readonly [number, number, number],
  data: Readonly<Record<string, ArrayBufferView>>,
): Promise<ArrayBuffer> {
  const { label } = pipeline;
  const made = new Map<string, GpuBuffer>();
  try {
    for (const { name, access } of pipeline.bindings) {
      const values = data[name];
      if (!values) throw new Error(`${label} binds "${name}", which its check does not have`);
      const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
      const size = access === "uniform" && name !== "params" ? uniformWindow : values.byteLength;
      const usage = STORAGE | COPY_DST | COPY_SRC | (access === "uniform" ? UNIFORM : 0);
      const buffer = context.createBuffer({
        label: `check ${name}`,
        category: "check",
        size,
        usage,
      });
      context.device.queue.writeBuffer(
        buffer.buffer,
        0,
        values.buffer as ArrayBuffer,
        values.byteOffset,
        values.byteLength,
      );
      made.set(name, buffer);
    }
    const resources = Object.fromEntries([...made].map(([name, { buffer }]) => [name, { buffer }]));
    const encoder = context.device.createCommandEncoder({ label: `check ${label}` });
    const pass = encoder.beginComputePass({ label: `check ${label}` });
    pass.setPipeline(pipeline.pipeline);
    pass.setBindGroup(0, bindGroup(context, pipeline, resources));
    pass.dispatchWorkgroups(gridX, gridY, gridZ);
    pass.end();
    context.submit(encoder.finish());
    const y = made.get("y");
    if (!y) throw new Error(`${label} writes no y`);
    return await readBuffer(context, y.buffer, y.size);
  } finally {
    for (const buffer of made.values()) buffer.destroy();
  }
}
