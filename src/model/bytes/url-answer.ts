import { UserError } from "../../lib/assert.ts";

/** A failure that another try may not meet. */
export class Broken extends UserError {}

interface Problem {
  readonly sentence: string;
  readonly retry: boolean;
  readonly missing: boolean;
}

/** What is wrong with an answer by its status; null when it brings bytes. */
export function answerProblem(response: Response, name: string, url: string): Problem | null {
  const { status } = response;
  if (status === 200 || status === 206) return null;
  const problem = (sentence: string, retry = false, missing = false): Problem => ({
    sentence: `${name} could not be fetched: ${sentence}`,
    retry,
    missing,
  });
  const answered = `${url} answered ${status}`;
  if (status === 404 || status === 410)
    return problem(`${answered}; check the address`, false, true);
  if (status === 401 || status === 403) {
    return problem(
      `${answered}: it does not exist or asks for a login; download the files and choose them`,
    );
  }
  if (status === 416) {
    return problem(`${answered}: the file there is shorter than before; load the model again`);
  }
  if (status === 408 || status === 429 || status >= 500)
    return problem(`${answered}; try again later`, true);
  return problem(`${answered}; check the address`);
}

/** Total of `Content-Range`, null where the server does not let pages see it. */
export function rangeTotal(
  response: Response,
  start: number,
  name: string,
  url: string,
): number | null {
  const header = response.headers.get("content-range");
  if (header === null) return null;
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header);
  if (match === null || Number(match[1]) !== start) {
    throw new UserError(
      `${name}: asked for bytes from ${start}, ${url} answered "${header.slice(0, 60)}"; load it from another server or as a file`,
    );
  }
  return match[3] === "*" ? null : Number(match[3]);
}

/** An empty file has no range: its answer is 416 and says so. */
export function isEmptyFile(response: Response): boolean {
  return response.status === 416 && response.headers.get("content-range") === "bytes */0";
}

/** The length of the file, where it comes as it is. */
export function plainLength(response: Response): number | null {
  const length = response.headers.get("content-length");
  const encoding = response.headers.get("content-encoding") ?? "identity";
  return length === null || encoding !== "identity" || !/^\d+$/.test(length)
    ? null
    : Number(length);
}

/** By what two answers tell that they come from the same file. */
export function versionOf(response: Response): string | null {
  return response.headers.get("etag") ?? response.headers.get("last-modified");
}
