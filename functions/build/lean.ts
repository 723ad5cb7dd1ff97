import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

const client = /@google-cloud[\\/]firestore(?:-api)?[\\/]/;
const gaxGrpc = /google-gax[\\/]build[\\/]src[\\/]grpc\.js$/;
const gaxErrors = /google-gax[\\/]build[\\/]src[\\/]googleError\.js$/;

/** Where Firestore's client loads far more than it uses: an import, and the file of `lean/` that takes its place. */
const replacements = [
  { importer: client, specifier: "@google-cloud/firestore-api", file: "firestoreApi.cjs" },
  { importer: client, specifier: "@google-cloud/firestore-api/build/src/v1", file: "firestoreApi.cjs" },
  { importer: client, specifier: "../protos/firestore_v1_proto_api", file: "firestoreProtos.cjs" },
  { importer: client, specifier: "google-gax", file: "googleGax.cjs" },
  { importer: client, specifier: "google-gax/fallback", file: "googleGax.cjs" },
  { importer: gaxGrpc, specifier: "@grpc/proto-loader", file: "protoLoader.cjs" },
  { importer: gaxErrors, specifier: "./fallback", file: "gaxFallback.cjs" },
];

/** Puts the lean files in their places. One that has no place any more fails the build: it may not be needed either. */
export const replaceModules: Plugin = {
  name: "replace-modules",
  setup(build) {
    const unused = new Set(replacements);
    build.onResolve({ filter: /./ }, ({ path, importer }) => {
      const found = replacements.find((known) => known.specifier === path && known.importer.test(importer));
      if (!found) return undefined;
      unused.delete(found);
      return { path: join(import.meta.dirname, "lean", found.file) };
    });
    build.onLoad({ filter: /firestore-api[\\/]build[\\/]protos[\\/]protos\.json$/ }, async ({ path }) => ({
      contents: withoutAdministration(await readFile(path, "utf8")),
      loader: "json",
    }));
    build.onEnd(() => {
      const errors = [...unused].map(({ specifier }) => ({
        text: `Nothing imports "${specifier}" any more`,
      }));
      return { errors };
    });
  },
};

interface Namespace {
  nested: Record<string, Namespace>;
}

/** The descriptions of all messages are built with the first call. */
function withoutAdministration(text: string): string {
  const protos: Namespace = JSON.parse(text);
  const firestore = protos.nested["google"]?.nested["firestore"];
  if (!firestore?.nested["admin"]) throw new Error("Cannot find the administration's messages");
  delete firestore.nested["admin"];
  return JSON.stringify(protos);
}
