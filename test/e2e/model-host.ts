import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { quantisedStories } from "../support/quantised-model.ts";

const folder = fileURLToPath(new URL("../fixtures/stories260K/", import.meta.url));
const names = ["config.json", "tokenizer.json", "model.safetensors", "README.md"];

/** A request for bytes of a file: what a fault may answer instead of the host. */
export interface Asked {
  readonly name: string;
  /** How many requests for this file came before. */
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  /** One beyond the last byte. */
  readonly end: number;
}

/** Answers, or returns false to leave it to the host. */
export type Fault = (asked: Asked, response: ServerResponse) => boolean;

export interface ModelHost {
  readonly url: string;
  /** "GET config.json", in order. */
  readonly asked: string[];
  fault: Fault | null;
  etag: string;
  close(): Promise<void>;
}

/** A stand-in for a model hub on loopback: `/test/stories/resolve/main/<file>`, with ranges, for pages of other origins. */
export async function openModelHost(): Promise<ModelHost> {
  const files = new Map(
    names.map((name) => [name, new Uint8Array(readFileSync(folder + name))] as const),
  );
  files.set("README.md", new TextEncoder().encode("---\nlicense: mit\n---\nA model.\n"));
  files.set("tiny.gguf", await quantisedStories("Q4_0"));
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://host").pathname;
    host.asked.push(`${request.method} ${path.split("/").at(-1)}`);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "Range");
    response.setHeader("Access-Control-Expose-Headers", "Content-Range, Content-Length, ETag");
    const [, revision, name = ""] = /^\/test\/stories\/resolve\/(main|v1)\/(.+)$/.exec(path) ?? [];
    const bytes = files.get(name);
    if (request.method === "OPTIONS" || !revision || !bytes) {
      response.writeHead(request.method === "OPTIONS" ? 204 : 404).end();
      return;
    }
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from ?? 0);
    const end = Math.min(bytes.length, Number(to ?? bytes.length - 1) + 1);
    response.setHeader("ETag", host.etag);
    if (host.fault?.({ name, count, bytes, start, end }, response)) return;
    response.writeHead(206, {
      "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}`,
      "Content-Length": end - start,
    });
    response.end(bytes.subarray(start, end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const host: ModelHost = {
    url: `http://127.0.0.1:${address.port}`,
    asked: [],
    fault: null,
    etag: '"one"',
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return host;
}
