import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../../src/lib/assert.ts";
import { createRng } from "../../../src/lib/rng.ts";
import { sha256Hex } from "../../../src/lib/sha256.ts";
import { scanFile } from "../../../src/model/bytes/scan.ts";
import { type ByteSource, MissingFile } from "../../../src/model/bytes/source.ts";
import { urlSource } from "../../../src/model/bytes/url-source.ts";
import { type FaultServer, openFaultServer } from "./fault-server.ts";

const rng = createRng(11);
const content = Uint8Array.from({ length: 20_000_000 }, () => rng.integer(256));
const small = content.subarray(0, 1000);
const whole = await sha256Hex(content);

let server: FaultServer;
beforeEach(async () => {
  server = await openFaultServer(content);
});
afterEach(() => server.close());

const quick = { pauseMs: 5, stallMs: 300, tries: 3 };

function source(): ByteSource {
  return urlSource(server.url, "model.bin", quick);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error("it was taken"),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  const message = error instanceof Error ? error.message : "";
  expect(message).toContain("model.bin");
  expect(message).not.toContain("\n");
  return message;
}

/** The whole file as a model is read, with what `scanFile` says of its progress. */
async function scan(
  from: ByteSource,
  signal = new AbortController().signal,
): Promise<{ sha256: string; steps: number[] }> {
  const steps: number[] = [];
  const sha256 = await scanFile(from, [], { signal, onProgress: (done) => steps.push(done) });
  return { sha256, steps };
}

function partial(start: number, end: number): Record<string, string | number> {
  return { "Content-Range": `bytes ${start}-${end - 1}/${content.length}` };
}

describe("a source at an address", () => {
  it("reads ranges, the first bytes only once, and says how much has come", async () => {
    const bytes = source();
    expect(await bytes.size()).toBe(content.length);
    expect(equal(await bytes.read(10, 20), content.subarray(10, 20))).toBe(true);
    expect(server.ranges).toEqual(["bytes=0-65535"]);
    let heard = 0;
    const onBytes = (count: number): void => {
      heard += count;
    };
    const far = await bytes.read(1_000_000, 3_000_000, { onBytes });
    expect(equal(far, content.subarray(1_000_000, 3_000_000))).toBe(true);
    expect(heard).toBe(2_000_000);
    const { sha256, steps } = await scan(bytes);
    expect(sha256).toBe(whole);
    expect(steps.at(-1)).toBe(content.length);
    expect(steps.length).toBeGreaterThan(3);
    // A busy machine may have a stretch asked for again; the first bytes never are.
    expect(server.ranges.length).toBeGreaterThanOrEqual(2 + 3);
    expect(server.ranges.filter((range) => range === "bytes=0-65535")).toHaveLength(1);
    expect(await refusal(bytes.read(content.length - 1, content.length + 1))).toContain(
      "ends at byte 20000000, but byte 20000001 is needed",
    );
  });

  it("takes empty and small files in one request", async () => {
    server.content = small;
    expect(equal(await source().read(0, 1000), small)).toBe(true);
    expect(server.ranges.length).toBe(1);
    server.content = new Uint8Array();
    expect(await source().size()).toBe(0);
  });

  it("goes on where an answer broke off, and gives up when no byte comes", async () => {
    server.fault = ({ start, end, count }, response) => {
      if (count === 0 || count > 7) return false;
      response.writeHead(206, { ...partial(start, end), "Content-Length": end - start });
      response.write(content.subarray(start, start + 100_000), () => response.destroy());
      return true;
    };
    expect((await scan(source())).sha256).toBe(whole);
    server.ranges.length = 0;
    server.fault = ({ count }, response) => {
      if (count > 0) response.destroy();
      return count > 0;
    };
    expect(await refusal(scan(source()))).toContain("3 tries failed, check the connection");
  });

  it("reads a server that sends whole files in order, from one answer", async () => {
    server.fault = (_asked, response) => {
      response.writeHead(200, { "Content-Length": content.length, ETag: '"one"' }).end(content);
      return true;
    };
    const bytes = source();
    expect(equal(await bytes.read(0, 100), content.subarray(0, 100))).toBe(true);
    const later = await bytes.read(5_000_000, 5_000_100);
    expect(equal(later, content.subarray(5_000_000, 5_000_100))).toBe(true);
    expect(server.ranges.length).toBe(1);
    // Back to the beginning is a second answer.
    expect((await scan(bytes)).sha256).toBe(whole);
    expect(server.ranges.length).toBe(2);
  });

  it("goes on after a break with a server that sends whole files", async () => {
    server.fault = ({ count }, response) => {
      response.writeHead(200, { "Content-Length": content.length });
      if (count > 1) response.end(content);
      else response.write(content.subarray(0, 9_000_000), () => response.destroy());
      return true;
    };
    expect((await scan(source())).sha256).toBe(whole);
    expect(server.ranges.length).toBe(3);
  });

  it("takes a small file of unknown length", async () => {
    server.fault = (_asked, response) => {
      response.writeHead(200);
      response.write(small.subarray(0, 400));
      response.end(small.subarray(400));
      return true;
    };
    const bytes = source();
    expect(await bytes.size()).toBe(1000);
    expect(equal(await bytes.read(0, 1000), small)).toBe(true);
  });

  it("asks for the length where pages may not see the range", async () => {
    server.fault = ({ request, start, end }, response) => {
      if (request.method === "HEAD") response.writeHead(200, { "Content-Length": content.length });
      else response.writeHead(206).write(content.subarray(start, end));
      response.end();
      return true;
    };
    expect((await scan(source())).sha256).toBe(whole);
  });

  it("tries again when the server is busy", async () => {
    server.fault = ({ count }, response) => {
      if (count % 3 === 0) response.writeHead(503).end();
      return count % 3 === 0;
    };
    expect((await scan(source())).sha256).toBe(whole);
  });

  it("says that the file changed on the way", async () => {
    const bytes = source();
    await bytes.size();
    server.etag = '"two"';
    expect(await refusal(scan(bytes))).toContain("changed on the server");
    const shrunk = source();
    await shrunk.size();
    server.content = content.subarray(0, 19_000_000);
    expect(await refusal(shrunk.read(1_000_000, 2_000_000))).toContain("changed on the server");
    expect(await refusal(shrunk.read(19_500_000, 19_600_000))).toContain("answered 416");
  });

  it.each<readonly [number, string]>([
    [401, "asks for a login"],
    [403, "asks for a login"],
    [404, "answered 404; check the address"],
    [400, "answered 400"],
    [500, "answered 500; try again later; 3 tries failed"],
  ])("says what %i means", async (status, sentence) => {
    server.fault = (_asked, response) => {
      response.writeHead(status).end("<html>");
      return true;
    };
    expect(await refusal(source().size())).toContain(sentence);
    const error: unknown = await source()
      .size()
      .catch((reason) => reason);
    expect(error instanceof MissingFile).toBe(status === 404);
  });

  it("refuses answers that are not what was asked for", async () => {
    server.fault = (_asked, response) => {
      response.writeHead(206, { "Content-Range": "bytes 5-99/100" }).end(small.subarray(5, 100));
      return true;
    };
    expect(await refusal(source().size())).toContain('answered "bytes 5-99/100"');
    server.fault = ({ start, end }, response) => {
      response.writeHead(206, partial(start, end)).end(content.subarray(start, end + 9));
      return true;
    };
    expect(await refusal(source().size())).toContain("sends more than it is asked for");
    server.ranges.length = 0;
    server.fault = ({ count }, response) => {
      if (count > 0) response.writeHead(200).end(content);
      return count > 0;
    };
    expect(await refusal(scan(source()))).toContain("sends the whole file where a part");
  });

  it("asks again when nothing arrives", async () => {
    server.fault = ({ count, start, end }, response) => {
      if (count !== 1) return false;
      response.writeHead(206, partial(start, end)).write(content.subarray(start, start + 9));
      return true;
    };
    const bytes = await source().read(100_000, 200_000);
    expect(equal(bytes, content.subarray(100_000, 200_000))).toBe(true);
    expect(server.ranges).toEqual(["bytes=0-65535", "bytes=100000-199999", "bytes=100009-199999"]);
  });

  it.each([
    ["in the middle of a trickle", false],
    ["before an answer", true],
  ])("stops within a second %s", async (_when, silent) => {
    let timer: ReturnType<typeof setInterval> | undefined;
    server.fault = ({ count, start, end }, response) => {
      if (count === 0 || silent) return silent && count > 0;
      response.writeHead(206, partial(start, end));
      timer ??= setInterval(() => response.write(content.subarray(0, 1)), 20);
      return true;
    };
    const stop = new AbortController();
    const patient = urlSource(server.url, "model.bin", { ...quick, stallMs: 60_000 });
    const work = scan(patient, stop.signal).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    stop.abort(new Error("stopped by the test"));
    expect(await work).toMatchObject({ message: "stopped by the test" });
    expect(performance.now() - started).toBeLessThan(1000);
    clearInterval(timer);
  });
});
