import { expect } from "vitest";
import { main } from "../../src/cli/main.ts";

interface Said {
  code: number;
  out: string;
  lines: string[];
}

/** Runs a command line with what it writes caught. */
export async function bitdial(argv: readonly string[], interactive = false): Promise<Said> {
  let out = "";
  const lines: string[] = [];
  const code = await main([...argv], {
    out: (part) => {
      out += part;
    },
    note: (line) => lines.push(line),
    help: (part) => lines.push(part),
    progress: () => {},
    clear: () => {},
    interactive,
  });
  return { code, out, lines };
}

/** Bad usage and bad input alike: nothing on standard output, and one line that says what it is. */
export async function expectRefusal(argv: readonly string[], ...words: string[]): Promise<void> {
  const { code, out, lines } = await bitdial(argv);
  expect({ code, out, lines: lines.length }).toEqual({ code: 2, out: "", lines: 1 });
  expect(lines[0]).toMatch(/^bitdial: /);
  for (const word of words) expect(lines[0]).toContain(word);
}
