import { defineConfig } from "vitest/config";

/** The unit tests of what is mutated: no emulator, no build. */
export default defineConfig({
  test: {
    include: ["functions/src/**/*.test.ts"],
    // A slow machine is no failing test, which would count as a mutant that was noticed. Stryker has a limit of its own.
    testTimeout: 60_000,
  },
});
