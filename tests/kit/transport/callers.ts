import type { GatewayFunctionName, GatewayInput, GatewayResult } from "../../../client/index.ts";
import type { Instance } from "./instance.ts";

/** Who calls, as his token says it. */
export interface Caller {
  readonly userId: string;
  readonly email?: string;
  readonly admin?: boolean;
}

/** A callable's refusal or failure. `status` is the protocol's code, such as "INTERNAL". */
export class CallError extends Error {
  readonly status: string;

  constructor(status: string, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Calls an instance of a callable as the client SDK does, without a user when there is none.
 * Source: https://firebase.google.com/docs/functions/callable-reference
 */
export async function callFunction<Name extends GatewayFunctionName>(
  instance: Instance,
  input: GatewayInput<Name>,
  caller?: Caller,
): Promise<GatewayResult<Name>> {
  const authorization = caller && { authorization: `Bearer ${toToken(caller)}` };
  const response = await post(instance.url, { data: input ?? null }, { ...authorization });
  const answer: { result: GatewayResult<Name> } | { error: { status: string; message: string } } =
    await response.json();
  if ("error" in answer) throw new CallError(answer.error.status, answer.error.message);
  return answer.result;
}

/**
 * Tells an instance that a document was written, as Eventarc does.
 * Source: https://docs.cloud.google.com/eventarc/docs/reference/supported-events and the CloudEvents JSON format
 */
export async function sendWritten(
  instance: Instance,
  { projectId, path }: { projectId: string; path: string },
): Promise<void> {
  const database = `projects/${projectId}/databases/(default)`;
  const time = new Date().toISOString();
  const event = {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: `//firestore.googleapis.com/${database}`,
    type: "google.cloud.firestore.document.v1.written",
    time,
    subject: `documents/${path}`,
    datacontenttype: "application/json",
    project: projectId,
    database: "(default)",
    namespace: "(default)",
    document: path,
    data: {
      value: { name: `${database}/documents/${path}`, fields: {}, createTime: time, updateTime: time },
    },
  };
  await requireOk(await post(instance.url, event, { "content-type": "application/cloudevents+json" }));
}

/** Runs a scheduled function, as Cloud Scheduler does. */
export async function runSchedule(instance: Instance): Promise<void> {
  await requireOk(await post(instance.url, {}));
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function requireOk(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`The function answered ${response.status}: ${text}`);
}

/** A token as the auth emulator issues them: nobody has signed it. */
function toToken({ userId, ...claims }: Caller): string {
  const parts = [
    { alg: "none", typ: "JWT" },
    { sub: userId, user_id: userId, ...claims },
  ];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;
}
