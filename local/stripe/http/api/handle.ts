import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Stripe } from "stripe";
import { toShown } from "../../objects/billing/shownLines.ts";
import { ApiError, invalidRequest } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Form } from "../../platform/params.ts";
import { BodyTooLarge, readBody, sendJson } from "../wire/body.ts";
import { decodeForm, formValues } from "../wire/form.ts";
import type { App } from "./app.ts";
import { requireKey, requireVersion } from "./auth.ts";
import { faultError, faultHeaders, type Fault } from "./faults.ts";
import { toCurrentNames } from "./formerNames.ts";
import type { Answer } from "./idempotency.ts";
import type { LoggedRequest } from "./requestLog.ts";
import type { Execution } from "./route.ts";
import { routeKey, type RouteMatch } from "./router.ts";

/** One API request on its way through the server. */
interface Call {
  app: App;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  log: LoggedRequest;
}

/** Answers a request to `/v1`. */
export async function handleApi(
  app: App,
  { request, response, url }: Pick<Call, "request" | "response" | "url">,
): Promise<void> {
  const log = app.requests.add({
    id: newId("req"),
    at: new Date(app.account.clock.nowMs()).toISOString(),
    method: request.method ?? "GET",
    path: url.pathname,
    idempotencyKey: request.method === "POST" ? (header(request, "idempotency-key") ?? null) : null,
    status: null,
    replayed: false,
    fault: null,
  });
  const call = { app, request, response, url, log };
  try {
    await answerCall(call);
  } catch (error) {
    if (error instanceof BodyTooLarge || !request.complete) throw error;
    send(call, errorAnswer(log.id, error instanceof ApiError ? error : bug(app, error)));
  }
}

async function answerCall(call: Call): Promise<void> {
  const { app, request, url, log } = call;
  // The body is always read first, so that the connection can be used again after a refusal.
  const body = await readBody(request);
  requireKey(request.headers, app.apiKey);
  requireVersion(request.headers);
  const match = app.router.require(log.method, log.path);
  requireFormBody(call, body);
  const sent = decodeForm(log.method === "POST" ? body : url.search.slice(1));
  const form = toCurrentNames(sent, match.route, request.headers);
  const fault = app.faults.take(routeKey(match.route), formValues(form));
  log.fault = fault?.fault ?? null;
  if (fault?.when === "before" && fault.fault !== "delay") {
    applyFault(call, fault);
    return;
  }
  const execution = match.route.prepare(form);
  const answer = await answerOnce(call, { match, form, execution, fault });
  if (fault?.when === "after" && fault.fault !== "delay") applyFault(call, fault);
  else send(call, answer);
}

function requireFormBody({ request }: Call, body: string): void {
  const type = header(request, "content-type") ?? "";
  if (body !== "" && !type.startsWith("application/x-www-form-urlencoded")) {
    throw invalidRequest(
      "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.",
    );
  }
}

interface Job {
  match: RouteMatch;
  form: Form;
  execution: Execution;
  fault: Fault | undefined;
}

/** Executes the request, or repeats the answer that its idempotency key got before. */
async function answerOnce(call: Call, job: Job): Promise<Answer> {
  const { app, log } = call;
  const key = log.idempotencyKey;
  if (key === null) return execute(call, job);
  const earlier = app.idempotency.claim(key, {
    path: log.path,
    form: job.form,
    now: app.account.clock.now(),
  });
  if (earlier !== undefined) {
    log.replayed = true;
    return earlier;
  }
  try {
    const answer = await execute(call, job);
    app.idempotency.store(key, answer);
    return answer;
  } finally {
    app.idempotency.release(key);
  }
}

async function execute({ app, log }: Call, { match, execution, fault }: Job): Promise<Answer> {
  if (fault?.fault === "delay") await sleep(fault.delayMs, undefined, { ref: false });
  app.account.runDue();
  const context = app.account.context({ id: log.id, idempotency_key: log.idempotencyKey });
  try {
    const result = app.expander.expand(context.store, execution.run(context, match), execution.expand);
    return { status: 200, body: JSON.stringify(result, toShown(app.account.livemode), 2), requestId: log.id };
  } catch (error) {
    if (error instanceof ApiError) return errorAnswer(log.id, error);
    throw error;
  } finally {
    app.account.armDue();
  }
}

function errorAnswer(requestId: string, { status, body }: ApiError): Answer {
  return { status, body: JSON.stringify({ error: body }, null, 2), requestId };
}

function bug(app: App, error: unknown): ApiError {
  app.log(`Local Stripe failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new ApiError(500, { type: "api_error", message: "An unknown error occurred" });
}

function applyFault(call: Call, fault: Fault): void {
  switch (fault.fault) {
    case "error":
      send(call, errorAnswer(call.log.id, faultError(fault)), faultHeaders(fault));
      return;
    case "reset":
      call.request.socket.resetAndDestroy();
      return;
    case "timeout":
    case "delay":
      // Left without an answer until the caller gives up or the server closes.
      return;
  }
}

function send({ response, log }: Call, answer: Answer, headers: Readonly<Record<string, string>> = {}): void {
  log.status = answer.status;
  sendJson(response, answer.status, answer.body, {
    "Request-Id": log.id,
    "Stripe-Version": Stripe.API_VERSION,
    ...(log.idempotencyKey !== null && {
      "Idempotency-Key": log.idempotencyKey,
      "Original-Request": answer.requestId,
    }),
    ...(log.replayed && { "Idempotent-Replayed": "true" }),
    ...headers,
  });
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
