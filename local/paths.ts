import { join, resolve } from "node:path";

/** The repository's root folder. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** Where everything lies that is made at run time: run folders, logs, a downloaded Java, the emulator's wrapper jar. */
export const cacheFolder = join(projectRoot, ".cache");
