import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { withoutUnused } from "./lean.ts";

const requireHere = createRequire(import.meta.url);
const fromFunctions = createRequire(new URL("../package.json", import.meta.url));

const protos = readFileSync(fromFunctions.resolve("@google-cloud/firestore-api/protos/protos.json"), "utf8");

describe("lean/googleGax", () => {
  it.each([
    "firestore-api/build/src/v1/firestore_client.js",
    "firestore/build/src/index.js",
    "firestore/build/src/util.js",
    "firestore/build/src/bulk-writer.js",
    "firestore/build/src/recursive-delete.js",
    "firestore/build/src/watch.js",
  ])("has what %s takes of google-gax", (file) => {
    const names = readNamesOfGax(file);
    expect(names).not.toHaveLength(0);
    const lean: object = requireHere("./lean/googleGax.cjs");
    expect(names.filter((name) => !(name in lean))).toEqual([]);
  });
});

describe("lean/gaxFallback", () => {
  it("is what google-gax has itself", () => {
    const { defaultToObjectOptions }: { defaultToObjectOptions: object } =
      fromFunctions("google-gax/fallback");
    expect(requireHere("./lean/gaxFallback.cjs")).toEqual({ defaultToObjectOptions });
  });
});

describe("lean/protoLoader", () => {
  it("makes of Firestore's methods what the package makes of them", () => {
    const lean = describeMethods(requireHere("./lean/protoLoader.cjs"), JSON.parse(protos));
    expect(lean).toHaveLength(17);
    expect(lean).toEqual(describeMethods(fromFunctions("@grpc/proto-loader"), JSON.parse(protos)));
  });
});

describe("withoutUnused", () => {
  it("leaves Firestore's methods as they are", () => {
    const loader: ProtoLoader = fromFunctions("@grpc/proto-loader");
    const less = withoutUnused(protos);
    expect(less.length).toBeLessThan(protos.length / 3);
    expect(describeMethods(loader, JSON.parse(less))).toEqual(describeMethods(loader, JSON.parse(protos)));
  });
});

describe("lean/pipelines", () => {
  it("knows no pipeline before one is made, and loads nothing to say so", () => {
    const pipelines: { Pipeline: new () => object } = requireHere("./lean/pipelines.cjs");
    expect([[], {}, new Map()].filter((value) => value instanceof pipelines.Pipeline)).toEqual([]);
  });
});

describe("lean/nodeVersion", () => {
  it("answers what jsonwebtoken asks as every supported Node would", () => {
    const folder = new URL("../node_modules/jsonwebtoken/lib/", import.meta.url);
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
    const asked = [...sources.join("\n").matchAll(/semver\.satisfies\(process\.version, '([^']+)'\)/g)];
    expect(asked).toHaveLength(3);
    const semver: Semver = fromFunctions("semver");
    const lean: Semver = requireHere("./lean/nodeVersion.cjs");
    for (const [, range = ""] of asked)
      expect(lean.satisfies("20.0.0", range)).toBe(semver.satisfies("20.0.0", range));
  });
});

interface Semver {
  satisfies(version: string, range: string): boolean;
}

interface ProtoLoader {
  fromJSON(json: object, options: object): Record<string, Record<string, Method>>;
}

interface Method {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
  originalName: string;
  requestSerialize(message: object): Buffer;
  requestDeserialize(bytes: Buffer): object;
  responseSerialize(message: object): Buffer;
  responseDeserialize(bytes: Buffer): object;
}

function describeMethods(loader: ProtoLoader, messages: object): object[] {
  // As google-gax asks for it.
  const options = { keepCase: false, longs: String, enums: String, defaults: true, oneofs: true };
  const service = loader.fromJSON(messages, options)["google.firestore.v1.Firestore"] ?? {};
  return Object.values(service).map(describeMethod);
}

/** A method's properties, and what it makes of a message with fields of many methods. */
function describeMethod(method: Method): object {
  const { path, requestStream, responseStream, originalName } = method;
  const sent = method.requestSerialize(message);
  const received = method.responseSerialize(message);
  return {
    path,
    requestStream,
    responseStream,
    originalName,
    sent: sent.toString("hex"),
    received: received.toString("hex"),
    read: [method.requestDeserialize(sent), method.responseDeserialize(received)],
  };
}

const message = {
  database: "projects/p/databases/(default)",
  name: "projects/p/databases/(default)/documents/a/b",
  transaction: Buffer.from("transaction"),
  commitTime: { seconds: 1, nanos: 2 },
  writes: [{ update: { name: "a/b", fields: { big: { integerValue: "9007199254740993" } } } }],
  found: { name: "a/b", fields: { none: { nullValue: "NULL_VALUE" } } },
};

/** The names that a file of Firestore's client uses of google-gax, whatever it calls it there. */
function readNamesOfGax(file: string): string[] {
  const source = readFileSync(new URL(`../node_modules/@google-cloud/${file}`, import.meta.url), "utf8");
  const uses = source.matchAll(
    /(?:_gaxModule|google_gax_1|require\('google-gax(?:\/fallback)?'\)\)?)\.(\w+)/g,
  );
  return [...new Set([...uses].map(([, name = ""]) => name))];
}
