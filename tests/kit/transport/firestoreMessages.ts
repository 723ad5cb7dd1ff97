import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";
import type { Counts } from "./gate.ts";

/** The protocol's files, as Firestore's own client brings them. */
const PROTOS = new URL(
  "../../../functions/node_modules/@google-cloud/firestore/build/protos",
  import.meta.url,
);
const SERVICE = "google.firestore.v1.Firestore";

export type Method = MethodDefinition<object, object>;

type Fields = Readonly<Record<string, unknown>>;

/** Every method of Firestore, by name. */
export const METHODS = loadMethods();

function loadMethods(): Readonly<Record<string, Method>> & { readonly Rollback: Method } {
  const loaded = loadSync("google/firestore/v1/firestore.proto", {
    includeDirs: [fileURLToPath(PROTOS)],
    keepCase: true,
  });
  const service = loaded[SERVICE];
  if (service === undefined || "format" in service) throw new Error(`Cannot load "${SERVICE}"`);
  const { Rollback } = service;
  if (!Rollback) throw new Error(`Cannot load "${SERVICE}.Rollback"`);
  return { ...service, Rollback };
}

/** What a request asks for. A query counts as one, whatever it finds. */
export function countRequest(name: string, message: object): Partial<Counts> {
  const fields = toFields(message);
  const begun = fields["new_transaction"] === undefined ? 0 : 1;
  switch (name) {
    case "GetDocument":
      return { reads: 1 };
    case "BatchGetDocuments":
      return { reads: toList(fields["documents"]).length, begun };
    case "RunQuery":
    case "RunAggregationQuery":
    case "ExecutePipeline":
      return { queries: 1, begun };
    case "ListDocuments":
    case "ListCollectionIds":
    case "PartitionQuery":
      return { queries: 1 };
    case "CreateDocument":
    case "UpdateDocument":
    case "DeleteDocument":
      return { writes: 1 };
    case "Commit":
    case "BatchWrite":
    case "Write":
      return { writes: toList(fields["writes"]).length };
    case "BeginTransaction":
      return { begun: 1 };
    case "Rollback":
      return { rolledBack: 1 };
    default:
      return {};
  }
}

/** How many documents a part of an answer brings. */
export function countAnswer(name: string, message: object): Partial<Counts> {
  const fields = toFields(message);
  return name === "RunQuery" && fields["document"] !== undefined ? { found: 1 } : {};
}

/** Paths of the documents that a commit writes. */
export function readWritten(message: object): string[] {
  const fields = toFields(message);
  return toList(fields["writes"]).map((write) => {
    const { update, delete: deleted, transform } = toFields(write);
    const name = toFields(update)["name"] ?? deleted ?? toFields(transform)["document"];
    return String(name).replace(/^.*?\/documents\//, "");
  });
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A message's fields by their names in the protocol; none of what is no message. */
export function toFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
