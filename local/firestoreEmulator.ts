import { existsSync, globSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { toManifest, toStoredZip } from "./firestore/jar.ts";
import { cacheFolder } from "./paths.ts";

const MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
const JAR_IN_CLOUD_SDK = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar";

/** Where Google's Firestore emulator comes from; `download` leaves it to firebase-tools. */
export type FirestoreEmulator =
  { source: "environment" | "firebase-tools" | "cloud-sdk"; jar: string } | { source: "download" };

/** Finds the emulator's jar: FIRESTORE_EMULATOR_BINARY_PATH, the cache of firebase-tools, or the Google Cloud SDK. */
export function findFirestoreEmulator(environment = process.env, cache = cacheFolder): FirestoreEmulator {
  const named = environment["FIRESTORE_EMULATOR_BINARY_PATH"];
  if (named !== undefined) return toNamedEmulator(named);
  const cached = readNewestCached(environment);
  if (cached) return { source: "firebase-tools", jar: cached };
  const inSdk = toCloudSdks(environment)
    .map((sdk) => join(sdk, JAR_IN_CLOUD_SDK))
    .find((jar) => existsSync(jar));
  return inSdk ? { source: "cloud-sdk", jar: writeWrapper(inSdk, cache) } : { source: "download" };
}

/** What to do if firebase-tools cannot download the emulator. */
export const DOWNLOAD_HINT =
  'The Firestore emulator is not on this machine and had to be downloaded. Allow https://storage.googleapis.com, or install it with "gcloud components install cloud-firestore-emulator" (Debian: "apt-get install google-cloud-cli-firestore-emulator"), or name its jar in FIRESTORE_EMULATOR_BINARY_PATH';

function toNamedEmulator(jar: string): FirestoreEmulator {
  if (!existsSync(jar)) throw new Error(`Cannot find the Firestore emulator: "${jar}" does not exist`);
  return { source: "environment", jar };
}

function readNewestCached(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = environment["FIREBASE_EMULATORS_PATH"] ?? join(homedir(), ".cache/firebase/emulators");
  const jars = globSync("cloud-firestore-emulator-v*.jar", { cwd: folder });
  const newest = jars.toSorted(new Intl.Collator("en", { numeric: true }).compare).at(-1);
  return newest && join(folder, newest);
}

function toCloudSdks(environment: NodeJS.ProcessEnv): string[] {
  const name = process.platform === "win32" ? "gcloud.cmd" : "gcloud";
  const onPath = (environment["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  return [
    ...onPath.filter((file) => existsSync(file)).map((file) => dirname(dirname(realpathSync(file)))),
    "/usr/lib/google-cloud-sdk",
    "/opt/homebrew/share/google-cloud-sdk",
    "/usr/local/share/google-cloud-sdk",
    join(homedir(), "google-cloud-sdk"),
    join(environment["LOCALAPPDATA"] ?? homedir(), "Google/Cloud SDK/google-cloud-sdk"),
  ];
}

/** The Cloud SDK's jar does not name the main class that `java -jar` needs; a jar with only a manifest adds it. */
function writeWrapper(jar: string, cache: string): string {
  const content = toManifest({ mainClass: MAIN_CLASS, classPath: pathToFileURL(jar).href });
  const zip = toStoredZip({ name: "META-INF/MANIFEST.MF", content });
  const wrapper = join(cache, "firestore-emulator.jar");
  // Another run may be reading the file, so it is only written if it has to change.
  if (existsSync(wrapper) && readFileSync(wrapper).equals(zip)) return wrapper;
  mkdirSync(cache, { recursive: true });
  writeFileSync(wrapper, zip);
  return wrapper;
}
