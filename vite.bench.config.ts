import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What npm run bench, isa and snr execute, bundled by the tools of these names. */
export default defineConfig({
  root: file("."),
  build: {
    ssr: true,
    outDir: "build/bench",
    emptyOutDir: false,
    target: "node20",
    copyPublicDir: false,
    rolldownOptions: {
      input: {
        bench: file("test/bench/bench.ts"),
        isa: file("test/bench/isa.ts"),
        snr: file("test/bench/snr.ts"),
        requantise: file("test/bench/requantise.ts"),
        "bench-135m": file("test/bench/bench-135m.ts"),
        "check-135m": file("test/bench/check-135m.ts"),
      },
      output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
    },
  },
});
