import * as https from "firebase-functions/https";

/** Levels of lists and objects in a body; no input has more than three. */
const MAX_DEPTH = 10;

/** Whole numbers as iOS and Android send them. Source: https://firebase.google.com/docs/functions/callable-reference#serialization */
const NUMBER_TYPES: ReadonlySet<unknown> = new Set([
  "type.googleapis.com/google.protobuf.Int64Value",
  "type.googleapis.com/google.protobuf.UInt64Value",
]);

/**
 * firebase-functions' own `onCall`, but a body that cannot be decoded is refused as a bad request, like any other body
 * that is not a call.
 *
 * Why: firebase-functions decodes a body before it asks who sent it, and answers INTERNAL if that fails: a stranger
 * could fill the error log.
 * Unnecessary once: firebase-functions answers such a body with INVALID_ARGUMENT.
 */
export function onCall<T, R>(
  options: https.CallableOptions<T>,
  handler: (request: https.CallableRequest<T>) => Promise<R>,
): https.CallableFunction<T, Promise<R>> {
  return new Proxy(https.onCall(options, handler), {
    apply(call, self, [request, response]: Parameters<https.HttpsFunction>) {
      // A request without a body is refused with `invalid-argument`.
      if (!isDecodable(request.body, 0)) request.body = undefined;
      return Reflect.apply(call, self, [request, response]);
    },
  });
}

/** Not too deep, nothing of an unknown type, and no key that would change the decoded object's prototype. */
function isDecodable(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === MAX_DEPTH || Object.hasOwn(value, "__proto__")) return false;
  if ("@type" in value && value["@type"])
    return NUMBER_TYPES.has(value["@type"]) && "value" in value && isNumeric(value.value);
  return Object.values(value).every((inner) => isDecodable(inner, depth + 1));
}

function isNumeric(value: unknown): boolean {
  return (
    (typeof value === "string" || typeof value === "number") &&
    !Number.isNaN(Number.parseFloat(String(value)))
  );
}
