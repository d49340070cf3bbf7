// Writes the task files of public/texts/tasks anew, from templates, public/texts/stories.txt and a seed.
// Usage: node tools/make-tasks.mjs [--check]   (--check writes nothing and fails where a file would change)
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePairs } from "./tasks/pairs.mjs";
import { createRandom } from "./tasks/random.mjs";
import { makeInduction, makeRetrieval } from "./tasks/recall.mjs";
import { makeCloze, makeEndings, readStories } from "./tasks/stories.mjs";

const texts = join(dirname(dirname(fileURLToPath(import.meta.url))), "public", "texts");
const stories = readStories(readFileSync(join(texts, "stories.txt"), "utf8"));
const check = process.argv.includes("--check");

// A generator of its own for each file: a change to one leaves the others as they are.
const files = {
  retrieval: makeRetrieval(createRandom(1)),
  endings: makeEndings(createRandom(2), stories),
  cloze: makeCloze(createRandom(3), stories),
  pairs: makePairs(createRandom(4)),
  induction: makeInduction(createRandom(5)),
};

mkdirSync(join(texts, "tasks"), { recursive: true });
for (const [name, items] of Object.entries(files)) {
  const path = join(texts, "tasks", `${name}.jsonl`);
  const text = items.map((item) => `${JSON.stringify(item)}\n`).join("");
  const same = existsSync(path) && readFileSync(path, "utf8") === text;
  if (check && !same) {
    console.error(`${path} is not what this program makes.`);
    process.exitCode = 1;
  }
  if (!check) writeFileSync(path, text);
  console.log(`${name}: ${items.length} items, ${text.length} bytes${same ? "" : ", changed"}`);
}
