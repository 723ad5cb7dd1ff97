import { z } from "zod";
import type { Answer } from "../kit/hosting/send.ts";
import type { Refusal } from "./calls.ts";

const MAX_MESSAGE_LENGTH = 3_000;

/** All that a callable's refusal consists of. */
const callableSchema = z.strictObject({
  error: z.strictObject({
    status: z.string(),
    message: z.string().max(MAX_MESSAGE_LENGTH),
    details: z
      .strictObject({ retryAt: z.string().optional(), subscriptionIds: z.array(z.string()).optional() })
      .optional(),
  }),
});

const webhookSchema = z.union([
  z.strictObject({ received: z.literal(false), error: z.string().max(MAX_MESSAGE_LENGTH) }),
  z.strictObject({ received: z.literal(true), outcome: z.literal("ignored") }),
]);

/** Stack traces and paths of ours; words of Stripe, its library and the database; secrets. */
const LEAKS =
  /\n\s+at |node_modules|file:\/\/|\.js:|No such |resource_missing|Stripe[A-Z]|req_\w|INTERNAL|gRPC|RangeError|TypeError|sk_test|whsec_/;

const FRAMEWORK_PAGE = /<pre>(?:Bad Request|Unsupported Media Type)<\/pre>/;

/** Throws unless it is the expected refusal of a callable, in its form and without a word too many. */
export function requireCallRefused(answer: Answer, expected: Refusal): void {
  requireDiscreet(answer);
  const { status, body, contentType } = answer;
  if (expected.code === undefined) requireFramework(answer);
  else {
    const json = contentType.startsWith("application/json") ? body : body.replace(/^data: /, "");
    const { error } = callableSchema.parse(JSON.parse(json));
    requireSame({ status, code: error.status }, expected, body);
  }
  requireSame({ status }, { status: expected.status }, body);
}

/** The same of the webhook. */
export function requireDeliveryAnswered(
  answer: Answer,
  expected: { status: number; isUnreadable: boolean },
): void {
  requireDiscreet(answer);
  if (expected.isUnreadable) requireFramework(answer);
  else webhookSchema.parse(JSON.parse(answer.body));
  requireSame({ status: answer.status }, { status: expected.status }, answer.body);
}

function requireDiscreet({ body }: Answer): void {
  const leak = LEAKS.exec(body)?.[0];
  if (leak !== undefined) throw new Error(`The answer has "${leak}" in it: ${shorten(body)}`);
}

function requireFramework({ status, body }: Answer): void {
  if (!FRAMEWORK_PAGE.test(body))
    throw new Error(`Expected the framework's page, not ${status} ${shorten(body)}`);
}

function requireSame(actual: { status: number; code?: string }, expected: Refusal, body: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`Expected ${wanted}, not ${found}: ${shorten(body)}`);
}

function shorten(body: string): string {
  return body.slice(0, 500);
}
