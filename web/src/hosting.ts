import type { FirebaseOptions } from "firebase/app";

/** An emulator's address. */
export interface Address {
  host: string;
  port: number;
}

/** What Firebase Hosting knows about the app it serves. A deployed app has no emulators. */
export interface HostingConfig {
  options: FirebaseOptions;
  emulators: { authUrl?: string; firestore?: Address; functions?: Address };
}

/**
 * Reads the app's config and the emulators' addresses from Hosting's reserved URL. `init.json` holds no addresses;
 * `init.js` does, as calls on the global of the SDK's older form, so while the script runs that global records them.
 *
 * @throws Error if the page is not served by Hosting, or the project has no web app.
 * @see https://firebase.google.com/docs/hosting/reserved-urls
 */
export async function readHostingConfig(): Promise<HostingConfig> {
  const emulators: HostingConfig["emulators"] = {};
  let options: FirebaseOptions | undefined;
  const firebase = {
    initializeApp: (given: FirebaseOptions) => {
      options = given;
    },
    auth: () => ({ useEmulator: (url: string) => (emulators.authUrl = url) }),
    firestore: () => ({
      useEmulator: (host: string, port: number) => (emulators.firestore = { host, port }),
    }),
    functions: () => ({
      useEmulator: (host: string, port: number) => (emulators.functions = { host, port }),
    }),
  };
  Object.assign(globalThis, { firebase });
  try {
    await runScript("/__/firebase/init.js?useEmulator=true");
  } finally {
    Reflect.deleteProperty(globalThis, "firebase");
  }
  if (!options) throw new Error("Cannot start: the project has no web app");
  return { options, emulators };
}

async function runScript(url: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const script = document.createElement("script");
  script.src = url;
  script.addEventListener("load", () => resolve());
  script.addEventListener("error", () => reject(new Error(`Cannot load "${url}"`)));
  document.head.append(script);
  await promise;
}
