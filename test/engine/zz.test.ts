import { it } from "vitest";
import { openTestGpu } from "../support/node-gpu.ts";
import { GpuContext } from "../../src/gpu/context.ts";
import { Session } from "../../src/engine/session.ts";
import { VariantChooser } from "../../src/engine/variants.ts";
import { deviceFeatures } from "../../src/engine/shared.ts";
import { loadModelFiles } from "../../src/model/files.ts";
import { folderSource } from "../support/engine.ts";
it("x", async () => {
  const say = (s: string) => process.stderr.write(`${(performance.now() / 1000).toFixed(2)} ${s}\n`);
  const { gpu, adapter } = await openTestGpu();
  const context = await GpuContext.open(adapter, { onFault: (f) => say(JSON.stringify(f)) });
  const src = folderSource("stories"); if (src.kind !== "files") return;
  const loaded = loadModelFiles({ config: src.files["config.json"]!, weights: src.files["model.safetensors"]!, tokenizer: src.files["tokenizer.json"]! });
  const s = new Session(context, deviceFeatures(context, new Set(gpu.wgslLanguageFeatures)), loaded, new VariantChooser({ get: async () => "uniform-l32-s1", set: async () => {} }, "x"));
  await s.apply("candidate", process.env.SETTING ?? "int4-g32", () => {}, new AbortController().signal);
  const r = s.runner("candidate");
  const mb = () => { const m = process.memoryUsage(); return `rss ${(m.rss/1e6)|0} heap ${(m.heapUsed/1e6)|0} ext ${(m.external/1e6)|0} ab ${(m.arrayBuffers/1e6)|0}`; };
  say(mb());

  const all = [...r.program("score").dispatches, ...r.program("decode").dispatches];
  const run = async (name: string, pick: (l: string) => boolean) => {
    const ds = all.filter((d) => pick(d.label)).slice(0, Number(process.env.MAXD ?? 100));
    const r0 = process.memoryUsage().rss;
    for (let k = 0; k < 10; k++) {
      context.device.queue.writeBuffer(r.stream.state.buffer, 0, new Uint32Array([0, 16, 0, 0]));
      const e = context.device.createCommandEncoder(); const pass = e.beginComputePass();
      for (const d of ds) { pass.setPipeline(d.pipeline); pass.setBindGroup(0, d.group); pass.dispatchWorkgroups(...d.grid(16)); }
      pass.end(); context.submit(e.finish()); await context.device.queue.onSubmittedWorkDone();
    }
    say(`${name} ${ds.length} rss +${((process.memoryUsage().rss - r0) / 1e6).toFixed(1)} MB per 10`);
  };
  for (let z = 0; z < 1; z++) {
  await run("all", () => true);
  for (const op of ["embed", "rmsnorm", "matmul", "rope", "attention", "swiglu"]) await run(op, (l) => l.startsWith(op));
  await run("matvec", (l) => l.startsWith("matvec"));
  await run("norm+swiglu", (l) => l.startsWith("rmsnorm") || l.startsWith("swiglu"));
  await run("rope+swiglu", (l) => l.startsWith("rope") || l.startsWith("swiglu"));
  await run("attention+swiglu", (l) => l.startsWith("attention") || l.startsWith("swiglu"));
  await run("none attention", (l) => !l.startsWith("attention"));
  }
}, 200000);
