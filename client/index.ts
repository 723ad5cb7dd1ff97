import {
  FunctionsError,
  httpsCallable,
  type Functions,
  type FunctionsErrorCode,
  type HttpsCallableOptions,
} from "firebase/functions";
import type {
  GatewayAdminAction,
  GatewayAdminInput,
  GatewayAdminResult,
} from "../functions/src/contract/admin.ts";
import type { GatewayFunctions } from "../functions/src/contract/functions.ts";

export type {
  GatewayAdminAction,
  GatewayAdminInput,
  GatewayAdminResult,
} from "../functions/src/contract/admin.ts";
export type { GatewayFunctions } from "../functions/src/contract/functions.ts";
/* The documents that apps read. With the SDK's `Timestamp` as `Time`: `Payment<Timestamp>`. */
export type {
  Entry,
  Grant,
  Hold,
  Payment,
  PaymentSession,
  Plan,
  PlanDocument,
  Product,
  SubscriptionDocument,
} from "../functions/src/contract/documents.ts";

/** The name of a deployed callable. */
export type GatewayFunctionName = keyof GatewayFunctions;
/** What the callable takes; of `gatewayAdmin`, for one of its actions or for all. */
export type GatewayInput<
  Name extends GatewayFunctionName,
  Action extends GatewayAdminAction = GatewayAdminAction,
> = Name extends "gatewayAdmin" ? GatewayAdminInput<Action> : GatewayFunctions[Name]["input"];
/** What the callable returns; of `gatewayAdmin`, what its action does. */
export type GatewayResult<
  Name extends GatewayFunctionName,
  Action extends GatewayAdminAction = GatewayAdminAction,
> = Name extends "gatewayAdmin" ? GatewayAdminResult<Action> : GatewayFunctions[Name]["result"];

/** The callable protocol's error codes, without the SDK's prefix "functions/". */
export type GatewayClientErrorCode = FunctionsErrorCode extends `functions/${infer Code}`
  ? Exclude<Code, "ok">
  : never;

/** Calls Gateway's functions by their names. */
export interface FunctionProvider {
  /**
   * Calls one function as the signed-in user.
   *
   * @throws GatewayClientError for every refusal and failure.
   */
  readonly run: <Name extends GatewayFunctionName, Action extends GatewayAdminAction = GatewayAdminAction>(
    name: Name,
    input: GatewayInput<Name, Action>,
  ) => Promise<GatewayResult<Name, Action>>;
}

/** Whether the same call may succeed if repeated. The functions answer `internal` for outages, too. */
const retryableCodes: Record<GatewayClientErrorCode, boolean> = {
  aborted: true,
  "already-exists": false,
  cancelled: false,
  "data-loss": false,
  "deadline-exceeded": true,
  "failed-precondition": false,
  internal: true,
  "invalid-argument": false,
  "not-found": false,
  "out-of-range": false,
  "permission-denied": false,
  "resource-exhausted": true,
  unauthenticated: false,
  unavailable: true,
  unimplemented: false,
  unknown: false,
};

/**
 * A call that was refused or failed. `message` is the function's own, in English and for developers; choose the words
 * for people by `code`. `cause` is the SDK's error. A call that got no answer is `unavailable`.
 */
export class GatewayClientError extends Error {
  override readonly name = "GatewayClientError";
  readonly code: GatewayClientErrorCode;
  /** When the same call may succeed; set with `resource-exhausted`. */
  readonly retryAt: Date | undefined;
  /** The user's recurring subscriptions that a refusal is about: one of them must be named, or they are in the way. */
  readonly subscriptionIds: readonly string[];

  constructor(
    code: GatewayClientErrorCode,
    message: string,
    options?: ErrorOptions & { retryAt?: Date; subscriptionIds?: readonly string[] },
  ) {
    super(message, options);
    this.code = code;
    this.retryAt = options?.retryAt;
    this.subscriptionIds = options?.subscriptionIds ?? [];
  }

  /**
   * Whether the same call may succeed later. Repeating it with the same input is safe: `createPaymentSession` returns
   * the same session for the same `requestId` (without one it opens another), `refundPayment` refunds once for each
   * `requestId`, and `grantCredits` grants once for each `key`. `verifyPayment` writes what the provider says and may
   * take the money of an approved checkout, but ends in the same state however often it is called; so do
   * `cancelSubscription`, `resumeSubscription`, `gatewayAdmin`, `redriveEvent` and `runReconciliation`. `createPortalSession` opens one
   * more page.
   */
  get retryable(): boolean {
    return retryableCodes[this.code];
  }
}

/**
 * The typed client over the SDK's `httpsCallable`.
 *
 * @example
 * const functionProvider = createFunctionProvider(getFunctions(app, "us-central1"));
 * const { url } = await functionProvider.run("createPaymentSession", { productId: "prod_small_pack" });
 * const { success } = await functionProvider.run("verifyPayment", sessionId);
 */
export function createFunctionProvider(
  functions: Functions,
  options: HttpsCallableOptions = {},
): FunctionProvider {
  return {
    async run<Name extends GatewayFunctionName, Action extends GatewayAdminAction>(
      name: Name,
      input: GatewayInput<Name, Action>,
    ) {
      type Call = [GatewayInput<Name, Action>, GatewayResult<Name, Action>];
      const call = httpsCallable<Call[0], Call[1]>(functions, name, options);
      try {
        return (await call(input)).data;
      } catch (error) {
        throw toGatewayClientError(name, error);
      }
    },
  };
}

function toGatewayClientError(name: GatewayFunctionName, error: unknown): GatewayClientError {
  if (!(error instanceof FunctionsError)) {
    return new GatewayClientError("unknown", `Cannot call "${name}"`, { cause: error });
  }
  if (isUnanswered(error)) {
    return new GatewayClientError("unavailable", `Cannot reach "${name}"`, { cause: error });
  }
  const retryAt = toRetryAt(error.details);
  return new GatewayClientError(toCode(error.code), toMessage(error), {
    cause: error,
    ...(retryAt && { retryAt }),
    subscriptionIds: toSubscriptionIds(error.details),
  });
}

function toRetryAt(details: unknown): Date | undefined {
  if (typeof details !== "object" || details === null || !("retryAt" in details)) return undefined;
  return typeof details.retryAt === "string" ? new Date(details.retryAt) : undefined;
}

function toSubscriptionIds(details: unknown): string[] {
  if (typeof details !== "object" || details === null || !("subscriptionIds" in details)) return [];
  const { subscriptionIds: ids } = details;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

/**
 * The SDK reports a request without an answer, or with one that is not the function's, as `internal` with the code as
 * its message. A function's own message is never that: an unhandled error is "INTERNAL".
 */
function isUnanswered(error: FunctionsError): boolean {
  return error.code === "functions/internal" && toMessage(error) === "internal";
}

/** The SDK appends the HTTP status to the function's message: "Expected a signed-in user [401]". */
function toMessage({ message }: FunctionsError): string {
  return message.replace(/ \[\d{1,3}\]$/, "");
}

function toCode(prefixed: string): GatewayClientErrorCode {
  const code = prefixed.replace(/^functions\//, "");
  return isCode(code) ? code : "unknown";
}

function isCode(code: string): code is GatewayClientErrorCode {
  return Object.hasOwn(retryableCodes, code);
}
