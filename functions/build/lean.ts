import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

const clientSource = /@google-cloud[\\/]firestore[\\/]build[\\/]src[\\/](?:reference[\\/])?[\w-]+\.js$/;
const client = /@google-cloud[\\/]firestore(?:-api)?[\\/]/;
const gaxGrpc = /google-gax[\\/]build[\\/]src[\\/]grpc\.js$/;
const adminTokens = /firebase-admin[\\/]lib[\\/]utils[\\/]jwt\.js$/;
const webTokens = /jsonwebtoken[\\/]lib[\\/]\w+Supported\.js$/;
const grpcIndex = /@grpc[\\/]grpc-js[\\/]build[\\/]src[\\/](?:index|experimental)\.js$/;
const gaxErrors = /google-gax[\\/]build[\\/]src[\\/]googleError\.js$/;

/**
 * Imports by which Firestore's client and firebase-admin load far more than they use, and what replaces each of them: a
 * file of `lean/` or a deferred module.
 */
const replacements = [
  { importer: clientSource, specifier: "./pipelines", by: "pipelines.cjs" },
  { importer: clientSource, specifier: "../pipelines", by: "pipelines.cjs" },
  { importer: clientSource, specifier: "./pipelines/pipeline-util", by: "deferred:firestore-pipeline-util" },
  { importer: clientSource, specifier: "../pipelines/pipeline-util", by: "deferred:firestore-pipeline-util" },
  { importer: grpcIndex, specifier: "./server", by: "deferred:grpc-server" },
  { importer: grpcIndex, specifier: "./server-credentials", by: "deferred:grpc-server-credentials" },
  { importer: grpcIndex, specifier: "./server-interceptors", by: "deferred:grpc-server-interceptors" },
  { importer: client, specifier: "@google-cloud/firestore-api", by: "firestoreApi.cjs" },
  { importer: client, specifier: "@google-cloud/firestore-api/build/src/v1", by: "firestoreApi.cjs" },
  { importer: client, specifier: "../protos/firestore_v1_proto_api", by: "firestoreProtos.cjs" },
  { importer: client, specifier: "google-gax", by: "googleGax.cjs" },
  { importer: client, specifier: "google-gax/fallback", by: "googleGax.cjs" },
  { importer: gaxGrpc, specifier: "@grpc/proto-loader", by: "protoLoader.cjs" },
  { importer: webTokens, specifier: "semver", by: "nodeVersion.cjs" },
  { importer: adminTokens, specifier: "jwks-rsa", by: "jwksRsa.cjs" },
  { importer: gaxErrors, specifier: "./fallback", by: "gaxFallback.cjs" },
];

/** Makes the replacements. One that matches no import any more fails the build: it may no longer be needed. */
export const replaceModules: Plugin = {
  name: "replace-modules",
  setup(build) {
    const unused = new Set(replacements);
    build.onResolve({ filter: /./ }, ({ path, importer }) => {
      const found = replacements.find((known) => known.specifier === path && known.importer.test(importer));
      if (!found) return undefined;
      unused.delete(found);
      const { by } = found;
      if (by.startsWith("deferred:")) return { path: by, namespace: "deferred" };
      return { path: join(import.meta.dirname, "lean", by) };
    });
    build.onLoad({ filter: /firestore-api[\\/]build[\\/]protos[\\/]protos\.json$/ }, async ({ path }) => ({
      contents: withoutUnused(await readFile(path, "utf8")),
      loader: "json",
    }));
    build.onEnd(() => {
      const errors = [...unused].map(({ specifier }) => ({
        text: `Cannot replace "${specifier}": nothing imports it any more`,
      }));
      return { errors };
    });
  },
};

interface Namespace {
  nested: Record<string, Namespace>;
}

/**
 * Firestore's messages without its administration, and without what none of them mentions: the first call builds the
 * descriptions of all messages.
 */
export function withoutUnused(text: string): string {
  const protos: Namespace = JSON.parse(text);
  const { firestore, ...packages } = protos.nested["google"]?.nested ?? {};
  if (!firestore?.nested["admin"])
    throw new Error("Cannot trim Firestore's messages: its administration is not among them");
  delete firestore.nested["admin"];
  const all = Object.values(packages).flatMap(({ nested }) => Object.entries(nested));
  const used = new Set<Namespace>();
  const mention = (definition: Namespace): void => {
    const names = readMentioned(definition);
    for (const [name, other] of all) {
      if (!names.has(name) || used.has(other)) continue;
      used.add(other);
      mention(other);
    }
  };
  mention(firestore);
  for (const { nested } of Object.values(packages))
    for (const [name, definition] of Object.entries(nested)) if (!used.has(definition)) delete nested[name];
  return JSON.stringify(protos);
}

/** The words in all names of types; one too many only keeps more than needed. */
function readMentioned(definition: Namespace): Set<string> {
  const types = JSON.stringify(definition).matchAll(/"(?:type|keyType|requestType|responseType)":"([^"]+)"/g);
  return new Set([...types].flatMap(([, type = ""]) => type.split(".")));
}
