import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium, { inflate } from "@sparticuz/chromium";
import { chromium as playwright, type Browser, type LaunchOptions } from "playwright-core";

/**
 * Flags that tests need: no sandbox, which a container's root cannot have, and no GPU. The package's own list is for
 * AWS Lambda; it also turns off the same-origin policy, which a test of a shop should not do without.
 */
const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"];

/**
 * Starts a headless Chromium: on x64 Linux the one that npm brought, elsewhere the Chrome that is installed.
 *
 * @throws Error when neither is there.
 */
export async function launchBrowser(): Promise<Browser> {
  return await playwright.launch(await toLaunchOptions());
}

async function toLaunchOptions(): Promise<LaunchOptions> {
  if (process.platform !== "linux" || process.arch !== "x64") return { channel: "chrome", args };
  const executablePath = await chromium.executablePath();
  const env = { ...toTexts(process.env), ...(await toLibraries(executablePath)) };
  return { executablePath, args, env };
}

/** The package brings the system libraries that a small image may lack (NSS), as Amazon Linux has them. */
async function toLibraries(executablePath: string): Promise<Record<string, string>> {
  const linked = execFileSync("ldd", [executablePath], { encoding: "utf8" });
  if (!linked.includes("not found")) return {};
  await inflate(join(import.meta.dirname, "../../node_modules/@sparticuz/chromium/bin/al2023.tar.br"));
  return { LD_LIBRARY_PATH: join(tmpdir(), "al2023/lib") };
}

function toTexts(variables: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
