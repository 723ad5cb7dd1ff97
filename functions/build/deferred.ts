import { createRequire } from "node:module";
import type { Plugin } from "esbuild";

const fromFunctions = createRequire(new URL("../package.json", import.meta.url));

/**
 * Modules that are loaded on first use, each from a file of its own, so that not even its text is parsed before.
 * Loading them has no other effect.
 */
const modules = new Map([
  ["firebase-admin/app", "firebase-admin/app"],
  ["firebase-admin/app-check", "firebase-admin/app-check"],
  ["firebase-admin/auth", "firebase-admin/auth"],
  ["firebase-admin/firestore", "firebase-admin/firestore"],
  ["google-auth-library", "google-auth-library"],
  ["deferred:jwks-rsa", "jwks-rsa"],
  ["deferred:grpc-server", "./node_modules/@grpc/grpc-js/build/src/server.js"],
  ["deferred:grpc-server-credentials", "./node_modules/@grpc/grpc-js/build/src/server-credentials.js"],
  ["deferred:grpc-server-interceptors", "./node_modules/@grpc/grpc-js/build/src/server-interceptors.js"],
  ["deferred:firestore-pipelines", "./node_modules/@google-cloud/firestore/build/src/pipelines/index.js"],
  [
    "deferred:firestore-pipeline-util",
    "./node_modules/@google-cloud/firestore/build/src/pipelines/pipeline-util.js",
  ],
  ["deferred:gax-fallback", "google-gax/fallback"],
  [
    "deferred:firestore-protos",
    "./node_modules/@google-cloud/firestore/build/protos/firestore_v1_proto_api.js",
  ],
]);

/** The deferred modules as further files of the bundle, by their names there. */
export function toDeferredFiles(): Record<string, string> {
  return Object.fromEntries(
    [...modules].map(([specifier, path]) => [toFileName(specifier), fromFunctions.resolve(path)]),
  );
}

/** Replaces each import of a deferred module with a stand-in that has the same exports. */
export const deferModules: Plugin = {
  name: "defer-modules",
  setup(build) {
    build.onResolve({ filter: /./, namespace: "deferred" }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /./ }, ({ path }) =>
      modules.has(path) ? { path, namespace: "deferred" } : undefined,
    );
    build.onLoad({ filter: /./, namespace: "deferred" }, ({ path }) => ({ contents: toStandIn(path) }));
  },
};

function toStandIn(specifier: string): string {
  const exported: object = fromFunctions(modules.get(specifier) ?? specifier);
  const names = Object.keys(exported).filter((name) => name !== "default" && name !== "__esModule");
  const load = `require("./${toFileName(specifier)}.mjs").default`;
  const getters = names.map((name) => `get ${name}() { return ${load}.${name}; }`);
  return `module.exports = { __esModule: true, ${getters.join(", ")} };`;
}

function toFileName(specifier: string): string {
  return specifier.replace(/^deferred:/, "").replaceAll("/", "-");
}
