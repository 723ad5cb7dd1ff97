import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../../../local/paths.ts";
import type { Message } from "./send.ts";
import { signWebhook } from "./signature.ts";
import { toUnsignedToken, type Caller } from "./tokens.ts";

interface Protos {
  google: {
    events: { cloud: { firestore: { v1: { DocumentEventData: { encode(data: object): Encoded } } } } };
  };
}

interface Encoded {
  finish(): Uint8Array;
}

const json = { "content-type": "application/json" };
const fromFunctions = createRequire(join(projectRoot, "functions/package.json"));
const protos: Protos = fromFunctions("./node_modules/firebase-functions/protos/compiledFirestore.js");

/**
 * A callable's call, as Firebase's client SDKs make it; without a token nobody is signed in.
 * Source: https://firebase.google.com/docs/functions/callable-reference
 */
export function toCall(data: unknown, { token }: { token?: string | undefined } = {}): Message {
  const authorization = token !== undefined && { authorization: `Bearer ${token}` };
  return { headers: { ...json, ...authorization }, body: JSON.stringify({ data }) };
}

/** The same of a user whose token nobody has signed. */
export function toCallBy(data: unknown, { projectId, ...caller }: Caller & { projectId: string }): Message {
  return toCall(data, { token: toUnsignedToken(projectId, caller) });
}

/** A delivery of an event, signed now as Stripe signs it. */
export function toWebhook(event: object): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(event);
  return { body, headers: { ...json, "stripe-signature": signWebhook(body) } };
}

/**
 * What Eventarc posts when a payment was written.
 * Source: https://docs.cloud.google.com/eventarc/docs/reference/supported-events and CloudEvents' binary mode for HTTP
 */
export function toPaymentWritten(paymentId: string, projectId: string): Message {
  const path = `payments/${paymentId}`;
  const { DocumentEventData } = protos.google.events.cloud.firestore.v1;
  const name = `projects/${projectId}/databases/(default)/documents/${path}`;
  const value = { name, fields: { status: { stringValue: "succeeded" } }, createTime: {}, updateTime: {} };
  return {
    body: DocumentEventData.encode({ value }).finish(),
    headers: {
      "content-type": "application/protobuf",
      "ce-id": crypto.randomUUID(),
      "ce-specversion": "1.0",
      "ce-type": "google.cloud.firestore.document.v1.written",
      "ce-source": `//firestore.googleapis.com/projects/${projectId}/databases/(default)`,
      "ce-subject": `documents/${path}`,
      "ce-time": new Date().toISOString(),
      "ce-project": projectId,
      "ce-database": "(default)",
      "ce-namespace": "(default)",
      "ce-location": "us-central1",
      "ce-document": path,
      "ce-datacontenttype": "application/protobuf",
    },
  };
}

/** What Cloud Scheduler posts. */
export function toSchedule(): Message {
  return {
    body: "{}",
    headers: {
      ...json,
      "x-cloudscheduler-jobname": "test",
      "x-cloudscheduler-scheduletime": new Date().toISOString(),
    },
  };
}
