import { defineConfig } from "vitest/config";

/** The unit tests of what is mutated: no emulator, no build. */
export default defineConfig({
  test: { include: ["functions/src/**/*.test.ts"], exclude: ["functions/src/operations.test.ts"] },
});
