import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./paths.ts";

/** The oldest Java that firebase-tools accepts for the Firestore emulator. */
const MINIMUM_JAVA = 21;

/** A Java installation: its home folder and its major version. */
export interface Java {
  home: string;
  major: number;
}

const systemFolders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ["/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "~/.sdkman/candidates/java/*", "~/.jdks/*"],
  darwin: [
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
  ],
  win32: [
    "C:/Program Files/{Java,Eclipse Adoptium,Microsoft,Zulu,Amazon Corretto,BellSoft}/*",
    "~/AppData/Local/Programs/Eclipse Adoptium/*",
  ],
};

const installHints: Partial<Record<NodeJS.Platform, string>> = {
  linux:
    '"sudo apt-get install openjdk-21-jre-headless" (Debian, Ubuntu) or "sudo dnf install java-21-openjdk-headless" (Fedora)',
  darwin: '"brew install --cask temurin@21"',
  win32: '"winget install EclipseAdoptium.Temurin.21.JRE"',
};

/**
 * The major version in the output of `java -version` or in a JDK's `release` file: 8 for "1.8.0_402", 21 for
 * "21.0.5". Undefined if there is none.
 */
export function parseJavaMajor(text: string): number | undefined {
  const major = /(?:^JAVA_VERSION=|version )"(?:1\.)?(\d+)/m.exec(text)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** The newest of the installations that are new enough; the first of equal ones. */
export function toNewestJava(found: readonly Java[]): Java | undefined {
  const usable = found.filter(({ major }) => major >= MINIMUM_JAVA);
  return usable.toSorted((a, b) => b.major - a.major)[0];
}

/** Looks for Java in JAVA_HOME, on PATH, in the system's usual folders and in the project's cache. */
export async function readInstalledJavas(environment = process.env): Promise<Java[]> {
  const homes = [
    ...(environment["JAVA_HOME"] ? [environment["JAVA_HOME"]] : []),
    ...toHomesOnPath(environment["PATH"] ?? ""),
    ...(systemFolders[process.platform] ?? []).flatMap((pattern) =>
      globSync(pattern.replace(/^~/, homedir())),
    ),
    ...globSync([join(cacheFolder, "jre/*"), join(cacheFolder, "jre/*/Contents/Home")]),
  ];
  const javas = await Promise.all([...new Set(homes)].map(readJava));
  return javas.filter((java) => java !== undefined);
}

/**
 * The bin folder of a Java that can run the emulator; downloads one into the project's cache if none is installed. Fails
 * with what to install.
 */
export async function requireJava(log: (line: string) => void): Promise<string> {
  const installed = toNewestJava(await readInstalledJavas());
  if (installed) return join(installed.home, "bin");
  log(`No Java ${MINIMUM_JAVA} or newer found, downloading a runtime into ${cacheFolder}`);
  const failure = await fetchJava();
  const fetched = toNewestJava(await readInstalledJavas());
  if (fetched) return join(fetched.home, "bin");
  throw new Error(toMissingJavaMessage(process.platform, failure));
}

/** What to tell people whose machine has no Java and cannot download one. */
export function toMissingJavaMessage(platform: NodeJS.Platform, reason: string): string {
  const hint = installHints[platform] ?? `a Java runtime from https://adoptium.net`;
  return `Cannot run the Firestore emulator: Java ${MINIMUM_JAVA} or newer is missing and could not be fetched (${reason}). Install it with ${hint}, or set JAVA_HOME`;
}

function toHomesOnPath(path: string): string[] {
  const name = process.platform === "win32" ? "java.exe" : "java";
  const binaries = path.split(delimiter).map((folder) => join(folder, name));
  return binaries
    .filter((binary) => existsSync(binary))
    .map((binary) => dirname(dirname(realpathSync(binary))));
}

async function readJava(home: string): Promise<Java | undefined> {
  const binary = join(home, "bin", process.platform === "win32" ? "java.exe" : "java");
  if (!existsSync(binary)) return undefined;
  const release = join(home, "release");
  const text = existsSync(release) ? readFileSync(release, "utf8") : await readVersionOutput(binary);
  const major = parseJavaMajor(text);
  return major === undefined ? undefined : { home, major };
}

async function readVersionOutput(binary: string): Promise<string> {
  try {
    const { stderr } = await promisify(execFile)(binary, ["-version"]);
    return stderr;
  } catch {
    // If Java is not installed, macOS has a placeholder in its place that ends with an error.
    return "";
  }
}

/** Downloads a runtime; answers why that failed, or an empty text. */
async function fetchJava(): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  const njre: { install(version: number, options: { installPath: string }): Promise<string> } = createRequire(
    import.meta.url,
  )("njre");
  try {
    await njre.install(MINIMUM_JAVA, { installPath: join(cacheFolder, "jre.lock") });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
