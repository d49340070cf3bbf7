import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The command line: Node code, its packages left in node_modules, bundled by bin/bitdial.mjs. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  build: {
    ssr: "src/cli/main.ts",
    outDir: "build/cli",
    target: "node20",
    copyPublicDir: false,
    // One file can be replaced in one step while another process runs the old one.
    rolldownOptions: { output: { codeSplitting: false, entryFileNames: "main.mjs" } },
  },
});
