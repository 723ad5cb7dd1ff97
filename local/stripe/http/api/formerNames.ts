import type { IncomingHttpHeaders } from "node:http";
import type { Form } from "../../platform/params.ts";
import type { Route } from "./route.ts";

/** What API version 2026-09-30 renamed, see https://docs.stripe.com/changelog. */
const renamed = { former: "payment_method_types", current: "allowed_payment_method_types" } as const;

/**
 * A program that sends no `Stripe-Version` gets its account's, which may be older than the version here. Stripe's own CLI is
 * one, so that it may say what such an account understands.
 */
export function toCurrentNames(form: Form, route: Route, headers: IncomingHttpHeaders): Form {
  const { former, current } = renamed;
  const value = form.get(former);
  const takes = route.parameters.includes(`${current}[]`);
  if (headers["stripe-version"] !== undefined || value === undefined || !takes || form.has(current))
    return form;
  return new Map([...form].map(([name, each]) => [name === former ? current : name, each]));
}
