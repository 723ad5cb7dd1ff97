import { WEBHOOK_MODES } from "../events/webhooks.ts";
import { requireSession } from "../resources/checkoutSessions.ts";
import type { ControlCall } from "./handle.ts";
import { ControlInput } from "./input.ts";

/** Sets how webhooks are delivered, for everything or for one session's events. */
export function setWebhookMode(call: ControlCall): object {
  const input = new ControlInput(call.body, ["mode", "sessionId"]);
  const mode = input.requireOneOf("mode", WEBHOOK_MODES);
  const sessionId = input.readString("sessionId");
  if (sessionId !== undefined) requireSession(call.app, sessionId);
  call.app.webhooks.setMode(mode, sessionId);
  return readWebhookModes(call);
}

export function readWebhookModes({ app }: ControlCall): object {
  return { modes: app.webhooks.modes() };
}
