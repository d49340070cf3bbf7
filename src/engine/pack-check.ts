import type { GpuContext } from "../gpu/context.ts";
import { readBuffer } from "../gpu/readback.ts";
import type { PackSource } from "../kernels/pack.ts";
import { packingWeights } from "../kernels/pack-hostile.ts";
import { packTensor } from "../quant/pack.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import type { Layout, WeightFormat } from "../quant/types.ts";
import { PackBatch, type PackPipelines } from "./pack-batch.ts";

// Sizes that no tile, quad, block or four divides.
const rows = 37;
const cols = 173;

/** Whether the device packs hostile weights bit for bit as the CPU does. */
export async function packsAlike(
  context: GpuContext,
  pipelines: PackPipelines,
  format: WeightFormat,
  layout: Layout,
  source: PackSource,
): Promise<boolean> {
  const values = packingWeights(rows, cols, format, source === "f16");
  const wanted = packTensor(quantizeTensor(values, rows, cols, format), layout);
  const batch = new PackBatch(context);
  const target = { label: "pack check", category: "packing", format, layout, rows, cols };
  const held = source === "rows" ? null : { id: source, sparse: false, method: "rtn" as const };
  const floats = held && packTensor(quantizeTensor(values, rows, cols, held), "packed").weights;
  const buffer = floats && context.upload("pack check", "packing", floats);
  const from = buffer ? { buffer, row: 0 } : values;
  const part = { pipelines, targetRow: 0, count: rows, from };
  const found = await batch.pack(target, [part], GPUBufferUsage.COPY_SRC);
  try {
    let alike = true;
    for (const kind of ["weights", "scales", "positions"] as const) {
      const words = wanted[kind];
      const packed = found[kind];
      if (!words || !packed) continue;
      const bytes = await readBuffer(context, packed.buffer, words.byteLength);
      alike &&= new Uint32Array(bytes).every((word, at) => word === words[at]);
    }
    const [findings] = await batch.findings();
    return alike && findings?.beyond === false;
  } finally {
    batch.destroy();
    for (const kind of ["weights", "scales", "positions"] as const) found[kind]?.destroy();
    buffer?.destroy();
  }
}
