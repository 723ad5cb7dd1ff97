/** Words in the names of Stripe's fields that say who or where somebody is, or that lead to a page which does. */
const PERSONAL =
  /(?:^|_)(?:addresses|address|comment|description|email|evidence|fingerprint|holder|ip|last4|name|pdf|phone|shipping|tax_ids?|url|zip)(?:_|$)/;
const CONTAINERS: ReadonlySet<string> = new Set([
  "billing_details",
  "client_secret",
  "collected_information",
  "custom_fields",
  "customer_details",
  "payment_method_details",
  "previous_attributes",
]);
/** Where a buyer returns to, which is the app's. */
const KEPT: ReadonlySet<string> = new Set(["success_url", "cancel_url"]);

/**
 * An event without its buyer. What it says about money is in numbers, ids and words of Stripe's, so that whatever else can
 * be a name goes, of fields that are yet to come, too. Expects JSON.
 * Source: https://docs.stripe.com/api/checkout/sessions/object, and likewise the charge, the invoice and the dispute
 */
export function withoutPersonalData(payload: string): string {
  return JSON.stringify(JSON.parse(payload), (key, value: unknown) =>
    isPersonal(key, value) ? undefined : value,
  );
}

function isPersonal(key: string, value: unknown): boolean {
  if (KEPT.has(key) || value === null) return false;
  if (typeof value !== "string" && typeof value !== "object") return false;
  return CONTAINERS.has(key) || PERSONAL.test(key);
}
