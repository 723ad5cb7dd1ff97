import * as fc from "fast-check";
import type { Message } from "../kit/hosting/send.ts";
import { anyBody, MAX_BODY_BYTES, type Body } from "./events.ts";
import { anySignature, type Secrets, type Signature } from "./signatures.ts";

/** One request to the webhook. If nothing is wrong with it, its event is none of ours. */
export interface Delivery {
  readonly path: string;
  readonly method: string;
  readonly contentType: string;
  readonly body: Body;
  readonly signature: Signature;
}

const PATHS = [
  "/webhook/stripe",
  "/gateway/webhook/stripe",
  "/webhook/stripe/",
  "/webhook/stripe?provider=paypal",
];
const OTHER_PROVIDERS = ["/webhook/paypal", "/webhook/constructor", "/gateway/webhook/__proto__"];
const OTHER_PATHS = [
  "/",
  "/webhook",
  "/webhook/",
  "/webhook/stripe/more",
  "/webhook/Stripe",
  "/webhook/%73tripe",
  "/webhook/stripe%2f",
  "//webhook/stripe",
  "/webhook/../webhook/stripe",
  "/gateway/gateway/webhook/stripe",
  `/webhook/${"a".repeat(33)}`,
  "/webhook/stripe;x",
];
const METHODS = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/octet-stream",
  "",
];

export const anyDelivery: fc.Arbitrary<Delivery> = fc.record({
  path: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...PATHS) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_PATHS) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_PROVIDERS) },
  ),
  method: fc.oneof(
    { weight: 12, arbitrary: fc.constant("POST") },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
  ),
  contentType: fc.constantFrom(...TYPES),
  body: anyBody,
  signature: anySignature,
});

export function toDeliveryMessage(
  { path, method, contentType, body, signature }: Delivery,
  secrets: Secrets,
): Message {
  const header = signature.toHeader(body.text, secrets);
  const headers = {
    ...(contentType !== "" && { "content-type": contentType }),
    ...(header !== undefined && { "stripe-signature": header }),
  };
  return { path, method, headers, body: body.text };
}

/** `isUnreadable`: Google's framework refuses it, and the function is not asked. */
export function toDeliveryAnswer(delivery: Delivery): { status: number; isUnreadable: boolean } {
  const isUnreadable = delivery.contentType.startsWith("application/json") && !isJson(delivery.body.text);
  return { status: isUnreadable ? 400 : toStatus(delivery), isUnreadable };
}

function toStatus({ path, method, contentType, body, signature }: Delivery): number {
  if (OTHER_PATHS.includes(path)) return 404;
  if (method !== "POST") return 405;
  // Without a type the framework leaves the body unread.
  if (body.text === "" || contentType === "") return 400;
  if (Buffer.byteLength(body.text) > MAX_BODY_BYTES) return 413;
  if (OTHER_PROVIDERS.includes(path)) return 404;
  return signature.isRight && body.isEvent ? 200 : 400;
}

/** What the framework takes as JSON: an object, a list, or nothing but a byte order mark. */
function isJson(body: string): boolean {
  if (body === "" || body === "\ufeff") return true;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null;
  } catch {
    return false;
  }
}
