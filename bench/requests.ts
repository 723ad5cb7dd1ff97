import { createRequire } from "node:module";
import { Stripe } from "stripe";
import { LOCAL_STRIPE } from "../local/suite.ts";

/** The body and headers of one POST. */
export interface RequestParts {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

interface Protos {
  google: {
    events: { cloud: { firestore: { v1: { DocumentEventData: { encode(data: object): Encoded } } } } };
  };
}
interface Encoded {
  finish(): Uint8Array;
}

const json = { "content-type": "application/json" };
const fromFunctions = createRequire(new URL("../functions/package.json", import.meta.url));
const protos: Protos = fromFunctions("./node_modules/firebase-functions/protos/compiledFirestore.js");

/** A call of a signed-in user, as Firebase's client SDK makes it. */
export function toCall(
  data: unknown,
  caller: { projectId: string; uid: string; admin?: boolean },
): RequestParts {
  return { body: JSON.stringify({ data }), headers: { ...json, authorization: `Bearer ${toToken(caller)}` } };
}

/** A delivery of an event, signed now as Stripe signs it. */
export function toWebhook(event: object): RequestParts {
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: LOCAL_STRIPE.webhookSecret });
  return { body: payload, headers: { ...json, "stripe-signature": signature } };
}

/** What Eventarc posts when a payment was written. */
export function toPaymentWritten(paymentId: string, projectId: string): RequestParts {
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
export function toSchedule(): RequestParts {
  return {
    body: "{}",
    headers: {
      ...json,
      "x-cloudscheduler-jobname": "bench",
      "x-cloudscheduler-scheduletime": new Date().toISOString(),
    },
  };
}

/** A token that firebase-admin accepts where the Auth emulator's address is set: complete, but not signed. */
function toToken({ projectId, uid, admin }: { projectId: string; uid: string; admin?: boolean }): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: uid,
    user_id: uid,
    auth_time: now,
    iat: now,
    exp: now + 3600,
    ...(admin && { admin }),
  };
  return `${toBase64Url({ alg: "none", typ: "JWT" })}.${toBase64Url(claims)}.`;
}

function toBase64Url(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
