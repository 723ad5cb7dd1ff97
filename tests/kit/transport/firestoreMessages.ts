import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";
import { toText } from "../queries.ts";
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
    enums: String,
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

/** The queries that a request asks, in the words of `toText`; a listener's stream asks them one by one. */
export function readQueries(message: object): string[] {
  const fields = toFields(message);
  const { query: watched } = toFields(fields["add_target"]);
  const { structured_query: counted } = toFields(fields["structured_aggregation_query"]);
  const query = fields["structured_query"] ?? counted ?? toFields(watched)["structured_query"];
  if (query === undefined) return [];
  const { from, where, order_by } = toFields(query);
  return toList(from).map((source) => {
    const { collection_id: collection, all_descendants: isGroup } = toFields(source);
    return toText({
      scope: isGroup === true ? "collectionGroup" : "collection",
      collection: String(collection),
      conditions: toConditions(where),
      orderBy: toList(order_by).map((order) => {
        const { field, direction } = toFields(order);
        return [toFieldPath(field), direction === "DESCENDING" ? "desc" : "asc"];
      }),
    });
  });
}

function toConditions(where: unknown): string[] {
  const { composite_filter, field_filter, unary_filter } = toFields(where);
  const { op, filters } = toFields(composite_filter);
  const conditions = toList(filters).flatMap(toConditions);
  if (op === "OR") return [`(${conditions.join(" or ")})`];
  const filter = field_filter ?? unary_filter;
  return filter === undefined ? conditions : [toCondition(toFields(filter))];
}

function toCondition({ field, op }: Fields): string {
  return `${toFieldPath(field)} ${operators.get(op) ?? String(op)}`;
}

/** The protocol's operators in the client's words. It has one of its own for a field that is null. */
const operators: ReadonlyMap<unknown, string> = new Map([
  ["EQUAL", "=="],
  ["IS_NULL", "=="],
  ["IN", "in"],
  ["LESS_THAN", "<"],
  ["LESS_THAN_OR_EQUAL", "<="],
  ["GREATER_THAN", ">"],
  ["GREATER_THAN_OR_EQUAL", ">="],
]);

function toFieldPath(field: unknown): string {
  return String(toFields(field)["field_path"]);
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A message's fields by their names in the protocol; none of what is no message. */
export function toFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
