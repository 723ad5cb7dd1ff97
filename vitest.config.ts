import { configDefaults, defineConfig } from "vitest/config";
import { TallyReporter } from "./test/reporter.ts";

export default defineConfig({
  test: {
    reporters: ["default", new TallyReporter()],
    // Each worker has a suite of its own (`test/setup.ts`), and more of them than processors would only wait.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "functions/{src,build}/**/*.test.ts",
            "local/**/*.test.ts",
            "bench/**/*.test.ts",
            "client/**/*.test.ts",
            "web/**/*.test.ts",
            // The second provider needs no emulator, only its own server.
            "functions/test/orchard/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "suite",
          include: ["functions/test/**/*.test.ts", "e2e/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "functions/lib/**", "functions/test/orchard/**"],
          globalSetup: "./test/setup.ts",
          setupFiles: "./functions/test/booksSetup.ts",
          // The tests' own Firestore client is not to look for Google's metadata server.
          env: { METADATA_SERVER_DETECTION: "none" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
