import type { IncomingHttpHeaders } from "node:http";
import { Stripe } from "stripe";
import { invalidRequest, unauthenticated } from "../../platform/errors.ts";

/** Refuses a request without the account's secret key (Bearer, or Basic as curl -u sends it). */
export function requireKey({ authorization }: IncomingHttpHeaders, apiKey: string): void {
  const key = readKey(authorization ?? "");
  if (key === "") {
    throw unauthenticated(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://docs.stripe.com/api#authentication for details, or we can help at https://support.stripe.com/.",
    );
  }
  if (key !== apiKey) throw unauthenticated(`Invalid API Key provided: ${mask(key)}`);
}

function readKey(authorization: string): string {
  const [, scheme = "", credentials = ""] = /^(\w+)\s+(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === "bearer") return credentials;
  if (scheme.toLowerCase() !== "basic") return "";
  return Buffer.from(credentials, "base64").toString("utf8").split(":")[0] ?? "";
}

function mask(key: string): string {
  const shown = key.length > 12 ? [key.slice(0, 8), key.slice(-4)] : ["", ""];
  return shown.join("*".repeat(Math.max(0, key.length - shown.join("").length)));
}

/** Refuses every API version except the one that this server knows. */
export function requireVersion(headers: IncomingHttpHeaders): void {
  const version = headers["stripe-version"];
  if (version !== undefined && version !== Stripe.API_VERSION) {
    throw invalidRequest(
      `Invalid Stripe API version: ${String(version)}. Local Stripe supports ${Stripe.API_VERSION}.`,
    );
  }
}
