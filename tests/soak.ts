import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The tests of reliability at full length; `npm test` runs a sample of each. Takes files or names as vitest does. */
const full = {
  HISTORIES: "1000",
  CRASH_POINTS: "all",
  FUZZ_INPUTS: "20000",
  SEEKER: "100000",
  LOOPS: "all",
  PLAYED: "200",
};
const files = ["tests/histories", "tests/crash", "tests/fuzz", "tests/money/seeker", "tests/money/played"];

const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
const chosen = process.argv.length > 2 ? process.argv.slice(2) : files;
const run = spawn(process.execPath, [vitest, "run", "--project", "suite", "--project", "unit", ...chosen], {
  env: { ...full, ...process.env },
  stdio: "inherit",
});
const [code] = await once(run, "exit");
process.exitCode = typeof code === "number" ? code : 1;
