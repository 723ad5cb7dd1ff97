import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/*
 * Run by `npm ci`. The tests hand Firestore clients, Stripe objects and errors to the product, so that they must load the
 * very packages that the product loads: those of `functions/`. What is not there is found in the repository's own.
 */
const tests = join(import.meta.dirname, "..");
rmSync(join(tests, "node_modules"), { recursive: true, force: true });
symlinkSync("../functions/node_modules", join(tests, "node_modules"), "junction");
