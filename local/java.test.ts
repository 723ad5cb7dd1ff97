import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseJavaMajor, readInstalledJavas, toMissingJavaMessage, toNewestJava } from "./java.ts";
import { createTestFolder } from "./testFolder.ts";

describe("parseJavaMajor", () => {
  it.each([
    ['openjdk version "21.0.5" 2024-10-15\nOpenJDK Runtime Environment', 21],
    ['java version "1.8.0_402"\nJava(TM) SE Runtime Environment', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['openjdk version "26-ea" 2026-03-17', 26],
    ['IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="25.0.1"\nJAVA_VERSION_DATE="2025-10-21"', 25],
  ])("reads %j", (text, major) => {
    expect(parseJavaMajor(text)).toBe(major);
  });

  it("knows none in the message of a machine without Java", () => {
    expect(
      parseJavaMajor("The operation couldn't be completed. Unable to locate a Java Runtime."),
    ).toBeUndefined();
  });
});

describe("toNewestJava", () => {
  const java17 = { home: "/jvm/17", major: 17 };
  const java21 = { home: "/jvm/21", major: 21 };
  const java25 = { home: "/jvm/25", major: 25 };

  it("takes the newest", () => {
    expect(toNewestJava([java21, java25, java17])).toBe(java25);
  });

  it("takes the first of equals", () => {
    expect(toNewestJava([java21, { home: "/other/21", major: 21 }])).toBe(java21);
  });

  it("takes none that is too old", () => {
    expect(toNewestJava([java17])).toBeUndefined();
  });
});

describe("readInstalledJavas", () => {
  it("finds the one of JAVA_HOME by its release file", async () => {
    const home = createJavaHome('JAVA_VERSION="99.0.1"\n');
    expect(await readInstalledJavas({ JAVA_HOME: home })).toContainEqual({ home, major: 99 });
  });

  it("finds the one on PATH", async () => {
    const home = createJavaHome('JAVA_VERSION="98"\n');
    expect(await readInstalledJavas({ PATH: join(home, "bin") })).toContainEqual({ home, major: 98 });
  });

  it("leaves out a JAVA_HOME without Java", async () => {
    const home = createTestFolder();
    expect((await readInstalledJavas({ JAVA_HOME: home })).map((java) => java.home)).not.toContain(home);
  });
});

describe("toMissingJavaMessage", () => {
  it.each([
    ["linux", "apt-get install openjdk-21-jre-headless"],
    ["darwin", "brew install"],
    ["win32", "winget install"],
    ["freebsd", "https://adoptium.net"],
  ] as const)("says what to install on %s", (platform, hint) => {
    const message = toMissingJavaMessage(platform, "no network");
    expect(message).toContain(hint);
    expect(message).toContain("no network");
  });
});

function createJavaHome(release: string): string {
  const home = createTestFolder();
  mkdirSync(join(home, "bin"));
  writeFileSync(join(home, "bin", process.platform === "win32" ? "java.exe" : "java"), "");
  writeFileSync(join(home, "release"), release);
  return home;
}
