// The whole test run: what is missing is installed or named, then lint, types, dead code, the build, and every test project.
// Usage: node tools/test.mjs [--project NAME]...   (projects: unit, llvmpipe, swiftshader, e2e)
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, "test-results", "vitest.json");
const projects = process.argv.slice(2);
const whole = projects.length === 0;
const started = Date.now();

function run(title, command, args) {
  const begun = Date.now();
  console.log(`\n> ${title}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  console.log(
    `> ${title}: ${status === 0 ? "fine" : "FAILED"} in ${((Date.now() - begun) / 1000).toFixed(1)} s`,
  );
  return status === 0;
}

const bin = (name) => join(root, "node_modules", ".bin", name);
const node = process.execPath;

mkdirSync(dirname(results), { recursive: true });
rmSync(results, { force: true });

let checks = 0;
let failed = 0;
const check = (title, command, args) => {
  if (run(title, command, args)) checks++;
  else failed++;
};

if (!run("setup", node, [join(root, "tools", "setup.mjs")])) process.exit(1);
if (whole) {
  check("lint and layer walls", bin("biome"), ["ci", "--error-on-warnings", "."]);
  check("types", bin("tsc"), ["--noEmit", "-p", "."]);
  check("dead code", bin("knip"), []);
}
if (whole || projects.includes("e2e")) check("build", bin("vite"), ["build", "--logLevel", "warn"]);
const chosen = projects
  .filter((word) => word !== "--project")
  .flatMap((name) => ["--project", name]);
const tests = [
  "run",
  ...chosen,
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${results}`,
];
run("tests", bin("vitest"), tests);

let report = {
  numPassedTests: 0,
  numFailedTests: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  success: false,
};
try {
  report = JSON.parse(readFileSync(results, "utf8"));
} catch {
  console.log("The test runner wrote no results.");
}
const passed = checks + report.numPassedTests;
// A file that cannot even be loaded fails without a test of its own.
failed += report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1);
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`\nAll of it took ${((Date.now() - started) / 60_000).toFixed(1)} min.`);
console.log(
  `tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
