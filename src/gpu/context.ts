/** A device with its meters: every buffer the program makes goes through here, so that live bytes and counts are facts. */

export interface GpuBuffer {
  readonly label: string;
  readonly category: string;
  readonly size: number;
  readonly buffer: GPUBuffer;
  destroy(): void;
}

export interface GpuMeters {
  liveBytes: number;
  peakBytes: number;
  buffersMade: number;
  pipelinesMade: number;
  bindGroupsMade: number;
  dispatches: number;
  submits: number;
  readbackBytes: number;
}

export type GpuFault =
  | { readonly kind: "lost"; readonly message: string }
  | { readonly kind: "out-of-memory"; readonly message: string }
  | { readonly kind: "validation"; readonly message: string }
  | { readonly kind: "internal"; readonly message: string };

export interface OpenOptions {
  /** Features to leave off although the adapter has them. */
  readonly withoutFeatures?: readonly string[];
  /** WebGPU's default limits even where the adapter allows more. */
  readonly defaultLimits?: boolean;
  readonly onFault?: (fault: GpuFault) => void;
}

export interface BufferOptions {
  readonly label: string;
  /** What the bytes are for: "weights", "kv", "activations" ... */
  readonly category: string;
  /** Bytes; rounded up to a multiple of 16. */
  readonly size: number;
  readonly usage: number;
}

const optionalFeatures = ["shader-f16", "subgroups", "timestamp-query"] as const;
const raisedLimits = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;

export class GpuContext {
  readonly device: GPUDevice;
  readonly adapter: GPUAdapter;
  readonly meters: GpuMeters;
  readonly #live = new Set<GpuBuffer>();
  #closed = false;

  private constructor(adapter: GPUAdapter, device: GPUDevice, onFault: (fault: GpuFault) => void) {
    this.adapter = adapter;
    this.device = device;
    this.meters = {
      liveBytes: 0,
      peakBytes: 0,
      buffersMade: 0,
      pipelinesMade: 0,
      bindGroupsMade: 0,
      dispatches: 0,
      submits: 0,
      readbackBytes: 0,
    };
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      const name = error.constructor.name;
      const kind =
        name === "GPUOutOfMemoryError"
          ? "out-of-memory"
          : name === "GPUValidationError"
            ? "validation"
            : "internal";
      onFault({ kind, message: error.message });
    });
    void device.lost.then((info) => {
      if (!this.#closed) onFault({ kind: "lost", message: info.message || "the device was lost" });
    });
  }

  static async open(adapter: GPUAdapter, options: OpenOptions = {}): Promise<GpuContext> {
    const without = new Set(options.withoutFeatures ?? []);
    const features = optionalFeatures.filter(
      (name) => adapter.features.has(name) && !without.has(name),
    );
    const limits: Record<string, number> = {};
    if (!options.defaultLimits)
      for (const name of raisedLimits) limits[name] = adapter.limits[name];
    const device = await adapter.requestDevice({
      label: "bitdial",
      requiredFeatures: features as GPUFeatureName[],
      requiredLimits: limits,
    });
    return new GpuContext(adapter, device, options.onFault ?? (() => undefined));
  }

  has(feature: "shader-f16" | "subgroups" | "timestamp-query"): boolean {
    return this.device.features.has(feature);
  }

  createBuffer(options: BufferOptions): GpuBuffer {
    const size = Math.max(16, Math.ceil(options.size / 16) * 16);
    const buffer = this.device.createBuffer({ label: options.label, size, usage: options.usage });
    const meters = this.meters;
    const live = this.#live;
    const made: GpuBuffer = {
      label: options.label,
      category: options.category,
      size,
      buffer,
      destroy(): void {
        if (!live.delete(made)) return;
        meters.liveBytes -= size;
        buffer.destroy();
      },
    };
    live.add(made);
    meters.buffersMade++;
    meters.liveBytes += size;
    meters.peakBytes = Math.max(meters.peakBytes, meters.liveBytes);
    return made;
  }

  /** A storage buffer that holds `data` from the start. */
  upload(label: string, category: string, data: ArrayBufferView, extraUsage = 0): GpuBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | extraUsage;
    const made = this.createBuffer({ label, category, size: data.byteLength, usage });
    this.device.queue.writeBuffer(
      made.buffer,
      0,
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength,
    );
    return made;
  }

  createBindGroup(descriptor: GPUBindGroupDescriptor): GPUBindGroup {
    this.meters.bindGroupsMade++;
    return this.device.createBindGroup(descriptor);
  }

  submit(commands: GPUCommandBuffer): void {
    this.meters.submits++;
    this.device.queue.submit([commands]);
  }

  /** Live bytes by category. */
  bytesByCategory(): Record<string, number> {
    const bytes: Record<string, number> = {};
    for (const { category, size } of this.#live) bytes[category] = (bytes[category] ?? 0) + size;
    return bytes;
  }

  /** Frees every buffer and the device; a loss reported after this is not a fault. */
  close(): void {
    this.#closed = true;
    for (const buffer of [...this.#live]) buffer.destroy();
    this.device.destroy();
  }
}
