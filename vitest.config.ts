import { configDefaults, defineConfig } from "vitest/config";
import { TallyReporter } from "./tests/kit/suite/reporter.ts";

export default defineConfig({
  test: {
    reporters: ["default", new TallyReporter()],
    // Each worker has a suite of its own (`tests/kit/suite/setup.ts`), and more of them than processors would only wait.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          // Generated histories take seconds, and a machine with other work is no failing test.
          testTimeout: 30_000,
          include: [
            "functions/{src,build}/**/*.test.ts",
            "local/**/*.test.ts",
            "bench/**/*.test.ts",
            "client/**/*.test.ts",
            "web/**/*.test.ts",
            // The second provider needs no emulator, only its own server.
            "tests/contract/orchard/**/*.test.ts",
            "tests/contract/schemas/**/*.test.ts",
            "tests/docs/**/*.test.ts",
            "tests/layout/**/*.test.ts",
            // The law of money and the seeker are pure.
            "tests/money/{law,seeker}/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "suite",
          include: ["tests/**/*.test.ts"],
          exclude: [
            ...configDefaults.exclude,
            "tests/contract/{orchard,schemas}/**",
            "tests/docs/**",
            "tests/layout/**",
            "tests/money/{law,seeker}/**",
          ],
          globalSetup: "./tests/kit/suite/setup.ts",
          setupFiles: "./tests/kit/suite/booksSetup.ts",
          // The tests' own Firestore client is not to look for Google's metadata server.
          env: { METADATA_SERVER_DETECTION: "none" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
