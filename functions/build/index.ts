import { join } from "node:path";
import { bundleFunctions } from "./bundle.ts";

await bundleFunctions(join(import.meta.dirname, "../lib"));
