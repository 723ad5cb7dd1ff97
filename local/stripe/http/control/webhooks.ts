import { requireSession } from "../../objects/checkout/sessions.ts";
import { webhookModes } from "../../operations/events/webhooks.ts";
import type { ControlCall } from "./call.ts";
import { ControlInput } from "./input.ts";

/** Sets how webhooks are delivered, for everything or for one session's events. */
export function setWebhookMode(call: ControlCall): object {
  const input = new ControlInput(call.body, ["mode", "sessionId"]);
  const mode = input.requireOneOf("mode", webhookModes);
  const sessionId = input.readString("sessionId");
  if (sessionId !== undefined) requireSession(call.account, sessionId);
  call.account.webhooks.setMode(mode, sessionId);
  return readWebhookModes(call);
}

export function readWebhookModes({ account }: ControlCall): object {
  return { modes: account.webhooks.modes() };
}
