import { onRequest, type Request } from "firebase-functions/https";
import { error as logError, info, warn } from "firebase-functions/logger";
import type { GatewayErrorCode, WebhookOutcome } from "./contract/codes.ts";
import { gatewayContext, providerOptions } from "./options.ts";
import { GatewayError } from "./platform/errors.ts";
import { toLogFields, warnOfTwoPlans } from "./platform/log.ts";
import { receiveWebhook } from "./webhooks/receive.ts";

/** Stripe's events stay far below; the platform itself would take 32 MiB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Providers time out on a slow answer, so one is given in time. The work goes on and may still succeed. */
const DEADLINE_MS = 10_000;

const statusCodes: Record<GatewayErrorCode, number> = {
  invalid_argument: 400,
  unauthenticated: 400,
  permission_denied: 400,
  not_found: 404,
  // Our fault, so the provider should try again.
  failed_precondition: 500,
  resource_exhausted: 500,
  unavailable: 500,
};

/** An answer to the provider: 200 is done, 4xx is not worth repeating, 500 asks to deliver it again. */
interface Answer {
  status: number;
  body: { received: true; outcome: WebhookOutcome } | { received: false; error: string };
  allow?: string;
}

/** `POST /gateway/webhook/:provider`, at the function's own URL and behind the hosting rewrite alike. */
export const gateway = onRequest(
  { ...providerOptions, invoker: "public", timeoutSeconds: 60 },
  async (request, response) => {
    const answer = await route(request);
    if (answer.allow) response.set("Allow", answer.allow);
    response.status(answer.status).json(answer.body);
  },
);

async function route(request: Request): Promise<Answer> {
  const provider = /^(?:\/gateway)?\/webhook\/([a-z0-9_]{1,32})\/?$/.exec(request.path)?.[1];
  if (provider === undefined) return refuse(404, `Cannot serve "${request.path}": not found`);
  if (request.method !== "POST") return { ...refuse(405, "Expected POST"), allow: "POST" };
  // Undefined if the request had no body, whatever the declared type says.
  const rawBody: Buffer | undefined = request.rawBody;
  if (rawBody === undefined || rawBody.length === 0) return refuse(400, "Expected a body");
  if (rawBody.length > MAX_BODY_BYTES) return refuse(413, `Expected at most ${MAX_BODY_BYTES} bytes`);
  return await receive(provider, { rawBody, headers: request.headers });
}

async function receive(
  provider: string,
  request: { rawBody: Buffer; headers: Request["headers"] },
): Promise<Answer> {
  try {
    const received = await withinDeadline(receiveWebhook(gatewayContext(), provider, request));
    const { outcome, subscribedTwice, ...ids } = received;
    info("Webhook received", { provider, outcome, ...ids });
    if (subscribedTwice) warnOfTwoPlans({ provider, ...subscribedTwice });
    return { status: 200, body: { received: true, outcome } };
  } catch (error) {
    if (!(error instanceof GatewayError)) {
      logError("Webhook failed", { provider, ...toLogFields(error) });
      return refuse(500, "Cannot process the webhook now, try again later");
    }
    warn("Webhook refused", { provider, code: error.code, reason: error.message, cause: error.cause });
    return refuse(statusCodes[error.code], error.message);
  }
}

async function withinDeadline<T>(work: Promise<T>): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not done within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  return await Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

function refuse(status: number, error: string): Answer {
  return { status, body: { received: false, error } };
}
