import { toShown } from "../../objects/billing/shownLines.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../../platform/errors.ts";
import type { App } from "../api/app.ts";
import { readBody, sendJson } from "../wire/body.ts";
import type { ControlCall } from "./call.ts";
import { removePrice } from "./catalogue.ts";
import { advanceClock, readClock } from "./clock.ts";
import { close, dispute, escalate, warn } from "./disputes.ts";
import { addFault, clearFaults, listFaults } from "./faults.ts";
import { seedForeignEvents } from "./foreignEvents.ts";
import { ControlError } from "./input.ts";
import { listEvents, listRequests } from "./logs.ts";
import { addOn, chooseCurrency, expire, pay, settle } from "./payments.ts";
import { fail, refund, succeed } from "./refunds.ts";
import { setBillingSettings, setPaymentMethod } from "./subscriptions.ts";
import { readWebhookModes, setWebhookMode } from "./webhooks.ts";

type Handler = (call: ControlCall) => object;

/** The routes of the control API, `:id` for an id. */
export const controlRoutes: Readonly<Record<string, Handler>> = {
  "POST /_control/checkout/:id/pay": pay,
  "POST /_control/checkout/:id/expire": expire,
  "POST /_control/checkout/:id/add_on": addOn,
  "POST /_control/checkout/:id/currency": chooseCurrency,
  "POST /_control/payment_intents/:id/settle": settle,
  "POST /_control/payment_intents/:id/refund": refund,
  "POST /_control/payment_intents/:id/dispute": dispute,
  "POST /_control/payment_intents/:id/fraud_warning": warn,
  "POST /_control/refunds/:id/succeed": succeed,
  "POST /_control/refunds/:id/fail": fail,
  "POST /_control/disputes/:id/close": close,
  "POST /_control/disputes/:id/escalate": escalate,
  "POST /_control/subscriptions/:id/payment_method": setPaymentMethod,
  "POST /_control/prices/:id/delete": removePrice,
  "POST /_control/billing_settings": setBillingSettings,
  "GET /_control/webhooks": readWebhookModes,
  "POST /_control/webhooks": setWebhookMode,
  "GET /_control/faults": listFaults,
  "POST /_control/faults": addFault,
  "DELETE /_control/faults": clearFaults,
  "GET /_control/clock": readClock,
  "POST /_control/clock": advanceClock,
  "POST /_control/reset": ({ app }) => {
    app.reset();
    return { reset: true };
  },
  "POST /_control/foreign_events": seedForeignEvents,
  "GET /_control/events": listEvents,
  "GET /_control/requests": listRequests,
};

/** Answers a request to `/_control`: JSON in and out, without a key, on this machine only. */
export async function handleControl(
  app: App,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const body = await readBody(request);
  try {
    const { handler, id } = requireHandler(request.method ?? "GET", url.pathname);
    app.account.runDue();
    const answer = handler({ app, account: app.account, id, query: url.searchParams, body });
    sendJson(response, 200, JSON.stringify(answer, toShown(app.account.livemode), 2));
    app.account.armDue();
  } catch (error) {
    if (error instanceof ControlError)
      sendJson(response, error.status, { error: { message: error.message } });
    else if (error instanceof ApiError) sendJson(response, error.status, { error: error.body });
    else throw error;
  }
}

function requireHandler(method: string, path: string): { handler: Handler; id: string } {
  const [, id = ""] = /^\/_control\/[^/]+\/([^/]+)\/[^/]+$/.exec(path) ?? [];
  const named = id === "" ? path : path.replace(`/${id}/`, "/:id/");
  const handler = controlRoutes[`${method} ${named}`];
  if (handler !== undefined) return { handler, id };
  throw new ControlError(
    404,
    `Unknown control route "${method} ${path}": there are ${Object.keys(controlRoutes).join(", ")}`,
  );
}
