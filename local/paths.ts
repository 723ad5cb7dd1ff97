import { join, resolve } from "node:path";

/** The repository's root folder. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** Where everything made at run time lives: run folders, logs, a fetched Java, the emulator's wrapper jar. */
export const cacheFolder = join(projectRoot, ".cache");
