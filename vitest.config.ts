import { configDefaults, defineConfig } from "vitest/config";
import { TallyReporter } from "./test/reporter.ts";

export default defineConfig({
  test: {
    reporters: ["default", new TallyReporter()],
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
          // All files share one suite, and some of them stop its webhooks or set its clock.
          fileParallelism: false,
          // The tests' own Firestore client is not to look for Google's metadata server.
          env: { METADATA_SERVER_DETECTION: "none" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
