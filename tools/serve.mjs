// Serves the built page from dist/ on this machine only, on PORT, else on 4173 or the next free one.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

const HOST = "127.0.0.1";
const FIRST_PORT = 4173;
const TRIES = 100;

const dist = fileURLToPath(new URL("../dist", import.meta.url));
if (!existsSync(`${dist}/index.html`))
  fail("There is no built page in dist/; run npm run build first.");

const wanted = process.env.PORT;
if (wanted && !(/^\d+$/.test(wanted) && Number(wanted) < 65536)) {
  fail(`PORT is "${wanted}", which is no port number.`);
}

// dev: files are looked up at each request, so a new build shows without a restart.
const serve = sirv(dist, { dev: true, etag: true });
const server = createServer((request, response) =>
  serve(request, response, () => {
    response.writeHead(404, { "Content-Type": "text/plain" });
    response.end("Not found\n");
  }),
);

const port = wanted ? await listen(Number(wanted)) : await listenFrom(FIRST_PORT);
if (port === undefined) {
  const ports = wanted ? `Port ${wanted}` : `Every port from ${FIRST_PORT} on`;
  fail(`${ports} is in use; set PORT to another one.`);
}
console.log(`Bitdial is at http://${HOST}:${port}/`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}

/** The port listened on, or undefined when it is taken. */
function listen(candidate) {
  return new Promise((resolve, reject) => {
    const failed = (error) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else if (error.code === "EACCES")
        fail(`Port ${candidate} needs an administrator; set PORT to another.`);
      else reject(error);
    };
    server.once("error", failed);
    server.listen(candidate, HOST, () => {
      server.off("error", failed);
      resolve(server.address().port);
    });
  });
}

async function listenFrom(first) {
  for (let candidate = first; candidate < first + TRIES; candidate++) {
    const found = await listen(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
