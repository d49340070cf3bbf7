import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { contentPolicy } from "./vite.policy.ts";

export default defineConfig({
  // Relative addresses: dist/ works on any static host and below any path.
  base: "./",
  plugins: [react(), tailwindcss(), contentPolicy()],
  worker: { format: "es" },
  build: {
    target: "es2023",
    // Every browser with WebGPU knows light-dark(); lowering it would double the style sheet.
    cssTarget: ["chrome123", "firefox128", "safari18"],
    // Small files stay files: a page with a strict content policy may refuse data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // React changes less often than the page: a cache keeps it over releases.
          groups: [{ name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
        },
      },
    },
  },
});
