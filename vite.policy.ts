import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/**
 * What the built page may do, beside the hosts that index.html lets it talk to: run its own scripts, and nothing else's. Charts set
 * styles, pictures are made as blobs, and the engine's worker begins as a blob so that it is bound by the page's policy.
 */
const policy = (inlineHashes: readonly string[]): string =>
  [
    `script-src 'self' 'wasm-unsafe-eval' ${inlineHashes.join(" ")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "media-src 'none'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** Writes the policy into the built page; the development server needs scripts of its own. */
export function contentPolicy(): Plugin {
  return {
    name: "content-policy",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html) => {
        const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)];
        const hashes = scripts.map(([, text = ""]) => {
          const digest = createHash("sha256").update(text).digest("base64");
          return `'sha256-${digest}'`;
        });
        const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(hashes)}" />`;
        return html.replace(/(<meta charset="utf-8" \/>)/, `$1\n    ${meta}`);
      },
    },
  };
}
