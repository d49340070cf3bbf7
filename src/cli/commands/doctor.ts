import type { Roofs } from "../../lib/roof.ts";
import { openNodeGpu } from "../adapters.ts";
import type { Browser } from "../browsers.ts";
import type { AddCommand } from "../context.ts";
import { type AdapterReport, type ChosenAdapter, type Diagnosis, diagnose } from "../diagnose.ts";
import { adapterName, count, json } from "../format.ts";
import { type AdapterOptions, withAdapter } from "../options.ts";
import { roofFacts, roofsOf } from "../roofs.ts";
import { facts } from "../table.ts";

interface DoctorOptions extends AdapterOptions {
  measure?: true;
  json?: true;
}

/** The limits that decide which models and kernels fit; --json has them all. */
const SHOWN_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** Features that Bitdial uses where they are there, and what for. */
const USED_FEATURES: readonly (readonly [feature: string, use: string])[] = [
  ["shader-f16", "half floats in kernels"],
  ["subgroups", "sums across lanes without workgroup memory"],
  ["timestamp-query", "times of single kernels"],
];

export const addDoctor: AddCommand = (program, context) => {
  withAdapter(program.command("doctor"))
    .description("say which adapters there are, what they can do and what is missing")
    .option("--measure", "measure what its memory and its arithmetic do at best")
    .option("--json", "print one JSON document")
    .action(async (options: DoctorOptions) => {
      const { terminal, fail } = context;
      const diagnosis = await diagnose(options.adapter);
      const { chosen } = diagnosis;
      const wanted = options.measure && chosen;
      // Opened anew: a diagnosis keeps what an adapter says of itself, not the adapter.
      const roofs = wanted && (await roofsOf(context, await openNodeGpu(chosen.choice)));
      const measured = { ...diagnosis, ...(roofs && { roofs }) };
      terminal.out(options.json ? json(measured) : page(measured));
      if (!chosen || (wanted && !roofs)) fail();
    });
};

function page(diagnosis: Diagnosis & { roofs?: Roofs }): string {
  const { chosen, reason, adapters, browsers, vulkan, warnings } = diagnosis;
  const blocks = [
    facts([
      ["Node", `${diagnosis.node} on ${diagnosis.platform}`],
      ["adapter", chosen ? adapterName(chosen) : `none: ${reason ?? "none was found."}`],
    ]),
    ...(chosen ? [describe(chosen)] : []),
    ...(diagnosis.roofs
      ? [
          `What it does at best:\n${facts(roofFacts(diagnosis.roofs).map(([what, rate]) => [`  ${what}`, rate]))}`,
        ]
      : []),
    `Adapters that --adapter can name:\n${facts(adapters.map(adapterFact))}`,
    `Browsers:\n${facts(browsers.length > 0 ? browsers.map(browserFact) : [NO_BROWSER])}`,
    ...(Object.keys(vulkan).length > 0
      ? [`Vulkan:\n${facts(Object.entries(vulkan).map(([name, value]) => [`  ${name}`, value]))}`]
      : []),
    ...warnings.map((warning) => `Warning: ${warning}\n`),
  ];
  return blocks.join("\n");
}

const NO_BROWSER = [
  "  none",
  "the page needs one with WebGPU (Debian: apt-get install -y chromium; CHROME_PATH names others).",
] as const;

function browserFact({ name, path }: Browser): readonly [string, string] {
  return [`  ${name}`, path];
}

function describe(chosen: ChosenAdapter): string {
  const { features, limits, wgslLanguageFeatures, subgroupSizes, notes } = chosen;
  const has = (list: readonly string[], name: string, use: string): readonly [string, string] => [
    `  ${name}`,
    `${list.includes(name) ? "yes" : "no"}, ${use}`,
  ];
  return [
    ...notes.map((note) => `${note}\n`),
    "What it can do:\n",
    facts([
      ...USED_FEATURES.map(([name, use]) => has(features, name, use)),
      has(wgslLanguageFeatures, "packed_4x8_integer_dot_product", "8-bit dot products"),
      ["  subgroup size", subgroupSizes ? [...new Set(subgroupSizes)].join(" to ") : "unknown"],
      ...SHOWN_LIMITS.map((name) => [`  ${name}`, count(limits[name] ?? 0)] as const),
    ]),
  ].join("");
}

function adapterFact(report: AdapterReport): readonly [string, string] {
  const name = `  ${report.choice}`;
  if (!report.found) return [name, `no: ${report.reason}`];
  const computes = ["gpu", "llvmpipe", "swiftshader"].includes(report.choice);
  return [name, adapterName(report) + (computes ? "" : ", compiles shaders but computes nothing")];
}
