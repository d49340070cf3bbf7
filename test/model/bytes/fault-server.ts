import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What the server does instead of answering well; returns whether it answered. */
export type Fault = (asked: Asked, response: ServerResponse) => boolean;

interface Asked {
  readonly request: IncomingMessage;
  /** How many requests came before. */
  readonly count: number;
  readonly start: number;
  /** One beyond the last byte. */
  readonly end: number;
}

export interface FaultServer {
  readonly url: string;
  readonly ranges: string[];
  content: Uint8Array;
  etag: string;
  fault: Fault | null;
  close(): Promise<void>;
}

/** A real server of one file with ranges, whose faults a test chooses. */
export async function openFaultServer(content: Uint8Array): Promise<FaultServer> {
  const server = createServer((request, response) => {
    const { content: bytes, etag } = state;
    const header = request.headers.range ?? "";
    state.ranges.push(header);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
    const start = Number(from ?? 0);
    const end = Math.min(bytes.length, Number(to ?? bytes.length - 1) + 1);
    const asked = { request, count: state.ranges.length - 1, start, end };
    if (state.fault?.(asked, response)) return;
    if (start >= bytes.length) {
      response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(206, {
      "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}`,
      "Content-Length": end - start,
      ETag: etag,
    });
    response.end(bytes.subarray(start, end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const state: FaultServer = {
    url: `http://127.0.0.1:${address.port}/model.bin`,
    ranges: [],
    content,
    etag: '"one"',
    fault: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}
