import type { GatewayFunctionName, GatewayInput, GatewayResult } from "../../../client/index.ts";
import { toCall } from "./requests.ts";
import { send } from "./send.ts";

/** A callable's refusal or failure. `status` is the protocol's code, such as "INTERNAL". */
export class CallError extends Error {
  readonly status: string;
  readonly details: unknown;

  constructor({ status, message, details }: Refusal) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

interface Refusal {
  status: string;
  message: string;
  details?: unknown;
}

/** Calls a callable at its address as the client SDK does, without a user when there is no token. */
export async function callFunction<Name extends GatewayFunctionName>(
  url: string,
  input: GatewayInput<Name>,
  { token }: { token?: string } = {},
): Promise<GatewayResult<Name>> {
  const { body } = await send(url, toCall(input ?? null, { token }));
  const answer: { result: GatewayResult<Name> } | { error: Refusal } = JSON.parse(body);
  if ("error" in answer) throw new CallError(answer.error);
  return answer.result;
}
