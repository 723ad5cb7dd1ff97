import type { GatewayErrorCode } from "../contract/codes.ts";
import { GatewayError } from "../platform/errors.ts";
import type { PaymentAdapterFactory } from "./factory.ts";
import type {
  OptionalMethod,
  PaymentAdapter,
  ProviderFailure,
  ProviderFailureKind,
  ProviderResult,
} from "./paymentAdapter.ts";

/** How the rooms reach the providers. */
export interface ProviderContext {
  adapters: PaymentAdapterFactory;
}

/** Throws `not_found` for a provider that is not registered. */
export async function requireAdapter(
  { adapters }: ProviderContext,
  name: string | undefined,
): Promise<PaymentAdapter> {
  const provider = name ?? adapters.defaultProvider;
  const adapter = await adapters.readAdapter(provider);
  if (adapter) return adapter;
  throw new GatewayError("not_found", `Cannot use provider "${provider}": not found`);
}

/** Throws `failed_precondition` if the adapter's provider cannot do this. */
export function requireSupport<M extends OptionalMethod, A extends Pick<PaymentAdapter, "name" | M>>(
  adapter: A,
  method: M,
  action: string,
): asserts adapter is A & Required<Pick<PaymentAdapter, M>> {
  if (adapter[method]) return;
  const failure = {
    kind: "unsupported",
    retryable: false,
    detail: `${adapter.name} has no ${method}`,
  } as const;
  throw toRefusal(failure, action);
}

/**
 * The value. A failure becomes a refusal that says what could not be done; the provider's own words stay in `cause`.
 */
export function requireValue<T>(result: ProviderResult<T>, action: string): T {
  if (result.outcome === "ok") return result.value;
  throw toRefusal(result.failure, action);
}

const refusals: Record<ProviderFailureKind, { code: GatewayErrorCode; reason: string }> = {
  not_found: { code: "not_found", reason: "not found" },
  declined: { code: "failed_precondition", reason: "declined" },
  invalid_request: { code: "failed_precondition", reason: "the provider does not accept it" },
  // Whoever calls can only wait until an operator has done what the log says.
  unauthenticated: { code: "unavailable", reason: "payments are not configured, try again later" },
  rate_limited: { code: "unavailable", reason: "the provider is busy, try again later" },
  unavailable: { code: "unavailable", reason: "the provider cannot be reached, try again later" },
  indeterminate: { code: "unavailable", reason: "the outcome is not known, try again later" },
  signature: { code: "invalid_argument", reason: "the signature is not valid" },
  environment_mismatch: { code: "failed_precondition", reason: "it belongs to another environment" },
  unsupported: { code: "failed_precondition", reason: "not supported" },
  conflict: { code: "failed_precondition", reason: "the request id was used with other input" },
};

function toRefusal(failure: ProviderFailure, action: string): GatewayError {
  const { code, reason } = refusals[failure.kind];
  return new GatewayError(code, `${action}: ${reason}`, { cause: failure });
}
