import type { GpuContext } from "./context.ts";

export type BindingAccess = "read" | "read_write" | "uniform";

/** A whole shader and what is bound to it; the entry point is always "main". */
export interface ShaderSource {
  readonly label: string;
  readonly code: string;
  readonly bindings: readonly {
    readonly name: string;
    readonly binding: number;
    readonly access: BindingAccess;
  }[];
  /** Values of `override` declarations. */
  readonly overrides: Readonly<Record<string, number>>;
}

export interface Pipeline {
  readonly label: string;
  readonly code: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly bindings: ShaderSource["bindings"];
}

const bufferTypes: Record<BindingAccess, GPUBufferBindingType> = {
  read: "read-only-storage",
  read_write: "storage",
  uniform: "uniform",
};

/** Makes each pipeline once, asynchronously; asking again for the same code and overrides gives the same promise. */
export class PipelineCache {
  readonly #context: GpuContext;
  readonly #made = new Map<string, Promise<Pipeline>>();

  constructor(context: GpuContext) {
    this.#context = context;
  }

  get(source: ShaderSource): Promise<Pipeline> {
    const key = `${source.label}\n${JSON.stringify(source.overrides)}\n${source.code}`;
    const known = this.#made.get(key);
    if (known) return known;
    const made = this.#make(source);
    this.#made.set(key, made);
    made.catch(() => this.#made.delete(key));
    return made;
  }

  async #make(source: ShaderSource): Promise<Pipeline> {
    const { device, meters } = this.#context;
    const shader = device.createShaderModule({ label: source.label, code: source.code });
    const info = await shader.getCompilationInfo();
    const fault = info.messages.find((message) => message.type === "error");
    if (fault) {
      throw new Error(
        `${source.label} does not compile: ${locate(source.code, fault.lineNum)}: ${fault.message}`,
      );
    }
    const layout = device.createBindGroupLayout({
      label: source.label,
      entries: source.bindings.map(({ binding, access }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: bufferTypes[access] },
      })),
    });
    meters.pipelinesMade++;
    const pipeline = await device.createComputePipelineAsync({
      label: source.label,
      layout: device.createPipelineLayout({ label: source.label, bindGroupLayouts: [layout] }),
      compute: { module: shader, entryPoint: "main", constants: { ...source.overrides } },
    });
    return { label: source.label, code: source.code, pipeline, layout, bindings: source.bindings };
  }
}

/** Line `line` of an assembled shader as "kernels/matvec.wgsl:12", by the `// @file` markers the assembler leaves. */
export function locate(code: string, line: number): string {
  const lines = code.split("\n");
  for (let i = Math.min(line, lines.length) - 1; i >= 0; i--) {
    const marker = /^\/\/ @file (.+)$/.exec(lines[i] ?? "");
    if (marker) return `${marker[1]}.wgsl:${line - i - 1}`;
  }
  return `prelude:${line}`;
}
