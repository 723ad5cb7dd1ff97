import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFirestoreEmulator } from "./firestoreEmulator.ts";
import { createTestFolder } from "./testFolder.ts";

describe("findFirestoreEmulator", () => {
  it("takes the jar that the environment names before any other", () => {
    const jar = createFile(join(createTestFolder(), "emulator.jar"));
    const environment = { FIRESTORE_EMULATOR_BINARY_PATH: jar, FIREBASE_EMULATORS_PATH: dirname(jar) };
    expect(findFirestoreEmulator(environment)).toEqual({ source: "environment", jar });
  });

  it("refuses a named jar that does not exist", () => {
    const environment = { FIRESTORE_EMULATOR_BINARY_PATH: "/no/such/emulator.jar" };
    expect(() => findFirestoreEmulator(environment)).toThrow('"/no/such/emulator.jar" does not exist');
  });

  it("takes the newest jar of firebase-tools' cache", () => {
    const folder = createTestFolder();
    for (const version of ["1.9.2", "1.22.0", "1.19.9"]) {
      createFile(join(folder, `cloud-firestore-emulator-v${version}.jar`));
    }
    const jar = join(folder, "cloud-firestore-emulator-v1.22.0.jar");
    expect(findFirestoreEmulator({ FIREBASE_EMULATORS_PATH: folder })).toEqual({
      source: "firebase-tools",
      jar,
    });
  });

  it("wraps the jar of the Cloud SDK that is on PATH", () => {
    const sdk = createTestFolder();
    createFile(join(sdk, "bin", process.platform === "win32" ? "gcloud.cmd" : "gcloud"));
    createFile(join(sdk, "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"));
    const cache = createTestFolder();
    const environment = { FIREBASE_EMULATORS_PATH: createTestFolder(), PATH: join(sdk, "bin") };
    const found = findFirestoreEmulator(environment, cache);
    expect(found).toEqual({ source: "cloud-sdk", jar: join(cache, "firestore-emulator.jar") });
    expect(findFirestoreEmulator(environment, cache)).toEqual(found);
  });
});

function createFile(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  return path;
}
