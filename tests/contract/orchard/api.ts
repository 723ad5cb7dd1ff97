import { z } from "zod";
import type {
  ProviderFailure,
  ProviderFailureKind,
  ProviderResult,
} from "../../../functions/src/adapters/paymentAdapter.ts";

const TIMEOUT_MS = 10_000;

const money = z.object({ value: z.string(), currency: z.string() });

export const itemSchema = z.object({
  title: z.string(),
  on_sale: z.boolean(),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
  offers: z.array(z.object({ code: z.string(), price: money })),
});

export const returnSchema = z.object({
  id: z.string(),
  state: z.string(),
  amount: money,
  reference: z.string().nullable(),
  at: z.iso.datetime(),
});

export const orderSchema = z.object({
  id: z.string(),
  state: z.string(),
  total: money,
  note: z.string(),
  page: z.string(),
  return_to: z.string(),
  cancel_to: z.string(),
  approve_before: z.iso.datetime(),
  approved_at: z.iso.datetime().nullable(),
  payment: z
    .object({
      id: z.string(),
      state: z.string(),
      amount: money,
      reason: z.string().nullable(),
      at: z.iso.datetime(),
    })
    .nullable(),
  returns: z.array(returnSchema),
  objections: z.array(
    z.object({ id: z.string(), state: z.string(), amount: money, changed_at: z.iso.datetime() }),
  ),
});
export type OrchardOrder = z.infer<typeof orderSchema>;

export const entrySchema = z.object({
  entry: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  topic: z.string().regex(/^[A-Z_]{1,40}$/),
  ref: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  realm: z.enum(["TEST", "LIVE"]),
});
export const journalSchema = z.object({ entries: z.array(entrySchema), pages: z.int() });

const refusalSchema = z.object({ fault: z.string().regex(/^[A-Z_]{1,40}$/) });

const kinds: Record<number, ProviderFailureKind> = {
  401: "unauthenticated",
  404: "not_found",
  409: "conflict",
  422: "invalid_request",
  429: "rate_limited",
};

export interface OrchardCall<T extends z.ZodType> {
  path: string;
  answer: T;
  /** Present for what changes something. */
  post?: { body: object; reference: string };
}

/** Orchard's HTTP API. What it says to people is not read: only status and code. */
export class OrchardApi {
  readonly #url: string;
  readonly #apiKey: string;

  constructor({ url, apiKey }: { url: string; apiKey: string }) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  async call<T extends z.ZodType>({
    path,
    answer,
    post,
  }: OrchardCall<T>): Promise<ProviderResult<z.output<T>>> {
    const sent = await this.#send(path, post);
    if (sent.outcome === "failed") return sent;
    const { status, body } = sent.value;
    if (status === 200) return { outcome: "ok", value: answer.parse(body) };
    const { fault } = refusalSchema.safeParse(body).data ?? { fault: "" };
    return fail(kinds[status] ?? "unavailable", `${status} ${fault}`);
  }

  async #send(
    path: string,
    post: OrchardCall<z.ZodType>["post"],
  ): Promise<ProviderResult<{ status: number; body: unknown }>> {
    const headers = { "x-orchard-key": this.#apiKey, ...(post && { "request-ref": post.reference }) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(`${this.#url}/${path}`, {
        headers,
        signal,
        ...(post && { method: "POST", body: JSON.stringify(post.body) }),
      });
      return { outcome: "ok", value: { status: response.status, body: await response.json() } };
    } catch (error) {
      if (!(error instanceof TypeError) && !signal.aborted) throw error;
      // What was asked for may have been done: only asking again with the same reference tells.
      return fail(post ? "indeterminate" : "unavailable", "No answer");
    }
  }
}

export function fail(
  kind: ProviderFailureKind,
  detail: string,
): { outcome: "failed"; failure: ProviderFailure } {
  const retryable = kind === "unavailable" || kind === "indeterminate" || kind === "rate_limited";
  return { outcome: "failed", failure: { kind, retryable, detail } };
}
