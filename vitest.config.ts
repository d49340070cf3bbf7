import { defineConfig } from "vitest/config";

/**
 * Of what measures, sweeps settings over the same kernels or counts resources, one adapter shows whether it works; both would take
 * minutes. The kernels themselves, the golden values and the integer families' equality are checked on both.
 */
const once = [
  "peer",
  "density",
  "profile",
  "speed",
  "charts",
  "conversation",
  "copies",
  "choices",
  "settings",
  "resources",
  "needs",
  "cli",
  "cli-measures",
  "families",
  "large-table",
  "packing",
  "native",
];

/** Compiling shaders and the CPU's references leave a core free; nothing here fails for want of time. */
const together = { maxWorkers: 2, sequence: { groupOrder: 0 } };

/** Tests that need an adapter run once on each of the two that compute without a GPU. */
function gpuProject(adapter: "llvmpipe" | "swiftshader") {
  return {
    test: {
      name: adapter,
      include: ["test/{kernels,engine,bench/gpu}/**/*.test.ts"],
      exclude:
        adapter === "swiftshader"
          ? [
              ...once.map((name) => `test/engine/${name}.test.ts`),
              // On Dawn's null backend, whatever the adapter.
              "test/kernels/linear-compile.test.ts",
              "test/bench/gpu/**",
            ]
          : [],
      pool: "forks" as const,
      ...together,
      env: { BITDIAL_ADAPTER: adapter },
      testTimeout: 600_000,
      hookTimeout: 300_000,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "test/{lib,quant,compress,model,lab,store,cli,house,peer}/**/*.test.ts",
            "test/bench/*.test.ts",
          ],
          pool: "forks",
          ...together,
          // They share no state: a process for each of so many small files would take longer than the tests.
          isolate: false,
          testTimeout: 120_000,
        },
      },
      gpuProject("llvmpipe"),
      gpuProject("swiftshader"),
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          pool: "forks",
          // A browser's adapter uses every core itself.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
