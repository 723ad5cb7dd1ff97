import { ApiError, type ErrorBody } from "../../platform/errors.ts";

export const faultKinds = ["error", "timeout", "reset", "delay"] as const;
export const faultStatuses = [401, 403, 409, 429, 500, 502, 503, 504] as const;

/** What to do to the next calls of a route. */
export interface Fault {
  route: string;
  fault: (typeof faultKinds)[number];
  /** `before`: the work is not done. `after`: it is done, and only its answer is lost. */
  when: "before" | "after";
  status: (typeof faultStatuses)[number];
  /** What `Retry-After` says in answers with status 429. */
  retryAfterSeconds: number;
  delayMs: number;
  /** Only calls with a parameter value that contains this text. */
  match?: string;
  times: number;
}

/** The faults that have not happened yet, in the order in which they were requested. */
export class Faults {
  readonly #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Takes the next fault for a call of the route; each counts once. */
  take(route: string, values: Iterable<string>): Fault | undefined {
    const candidates = this.#faults.filter((fault) => fault.route === route && fault.times > 0);
    if (candidates.length === 0) return undefined;
    const texts = [...values];
    const found = candidates.find(
      ({ match }) => match === undefined || texts.some((text) => text.includes(match)),
    );
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times === 0) this.#faults.splice(this.#faults.indexOf(found), 1);
    return { ...found };
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults.length = 0;
  }
}

const faultErrors: Readonly<Record<number, ErrorBody>> = {
  401: { type: "invalid_request_error", message: "Invalid API Key provided: sk_test_****" },
  409: {
    type: "invalid_request_error",
    code: "lock_timeout",
    message:
      "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.",
  },
  429: { type: "invalid_request_error", code: "rate_limit", message: "Request rate limit exceeded." },
};

/**
 * The error an `error` fault answers with. That of a restricted key names the permission which it lacks.
 * Source: https://github.com/stripe/stripe-node/issues/2246
 */
export function faultError({ status, route }: Fault): ApiError {
  if (status === 403) {
    const message = `The provided key 'rk_test_****' does not have the required permissions for this endpoint on account 'acct_local'. Having the '${toPermission(route)}' permission would allow this request to continue.`;
    return new ApiError(status, { type: "invalid_request_error", message });
  }
  return new ApiError(
    status,
    faultErrors[status] ?? { type: "api_error", message: "An unknown error occurred" },
  );
}

/**
 * The headers that an `error` fault answers with: which limit was exceeded, and when to come back.
 * Source: https://docs.stripe.com/rate-limits
 */
export function faultHeaders({ fault, status, retryAfterSeconds }: Fault): Record<string, string> {
  if (fault !== "error" || status !== 429) return {};
  return { "Retry-After": String(retryAfterSeconds), "Stripe-Rate-Limited-Reason": "endpoint-rate" };
}

/** `rak_product_read` for "GET /v1/products/:id". Source: https://docs.stripe.com/keys/restricted-api-keys */
function toPermission(route: string): string {
  const [method = "", path = ""] = route.split(" ");
  const words = path
    .split("/")
    .slice(2)
    .filter((part) => !part.startsWith(":"));
  const resource = words.map((word) => word.replace(/s$/, "")).join("_");
  return `rak_${resource}_${method === "GET" ? "read" : "write"}`;
}
