import type { BindingAccess } from "../gpu/pipelines.ts";

/** A buffer a shader reads or writes. The number stands in the WGSL; the engine binds by name. */
export interface BindingSpec {
  readonly name: string;
  readonly binding: number;
  readonly access: BindingAccess;
}

/** What one assembled shader is made of. */
export interface ShaderKey {
  /** "matvec/int4-g32/uniform-l32-s1": kernel, format, variant; also GPU label, test case, bench and profiler row. */
  readonly label: string;
  /** Stems below shaders/, e.g. "kernels/matvec", "formats/int4", "lib/x_uniform". */
  readonly files: readonly string[];
  /** `const NAME: u32 = value;` lines put in front; for sizes that WGSL wants as const-expressions. */
  readonly constants: Readonly<Record<string, number>>;
  /** `enable` directives: "f16", "subgroups". */
  readonly enables: readonly string[];
  readonly bindings: readonly BindingSpec[];
  /** Values of `override` declarations. */
  readonly overrides: Readonly<Record<string, number>>;
}

/** What the device offers that a shader may be built upon. */
export interface DeviceFeatures {
  readonly f16: boolean;
  readonly subgroups: boolean;
  /** Smallest and largest subgroup; 0 without the feature. */
  readonly subgroupMin: number;
  readonly subgroupMax: number;
  /** WGSL language feature packed_4x8_integer_dot_product. */
  readonly packedDot: boolean;
  readonly maxUniformBytes: number;
  readonly maxInvocations: number;
}
