import { describe, expect, it } from "vitest";
import type { ParsedEvent, WebhookRequest } from "../../../functions/src/adapters/paymentAdapter.ts";
import { redriveEventInput } from "../../../functions/src/webhooks/redrive.ts";
import { requireFailure, requireOk, untilSo, type Lab } from "./lab.ts";

const HOUR_MS = 3_600_000;

export function describeWebhooks(lab: Lab): void {
  const { webhooks } = lab.harness;

  describe("parseWebhook", () => {
    it("accepts what the provider sends, and names each event by one id", async () => {
      const { request, event } = await receive(lab);
      expect(redriveEventInput.parse({ eventId: event.eventId })).toEqual({ eventId: event.eventId });
      expect(event.type).toMatch(/^[\w.]{1,100}$/);
      expect(requireOk(await lab.parse(request))).toEqual(event);
      // Delivered once more, it is signed anew.
      expect(requireOk(await lab.parse(webhooks.sign(readBody(request))))).toEqual(event);
    });

    it("reads the same from the body alone", async () => {
      const { request, event } = await receive(lab);
      expect(lab.adapter.parseEvent(readBody(request))).toEqual(event);
    });

    it.each([
      ["a changed body", ({ rawBody, headers }: WebhookRequest) => ({ headers, rawBody: flipLast(rawBody) })],
      [
        "a body with more behind it",
        ({ rawBody, headers }: WebhookRequest) => ({
          headers,
          rawBody: Buffer.concat([rawBody, Buffer.from(" ")]),
        }),
      ],
      ["no body", ({ headers }: WebhookRequest) => ({ headers, rawBody: Buffer.alloc(0) })],
      ["no headers", ({ rawBody }: WebhookRequest) => ({ rawBody, headers: {} })],
      ["empty headers", (request: WebhookRequest) => withHeaders(request, () => "")],
      [
        "headers of another form",
        (request: WebhookRequest) => withHeaders(request, () => "t=1,v1=00; key=x"),
      ],
      [
        "headers that came twice",
        (request: WebhookRequest) => withHeaders(request, (value) => [value, value]),
      ],
      ["another signature", (request: WebhookRequest) => webhooks.forge(readBody(request))],
    ])("refuses %s", async (_, change) => {
      const { request } = await receive(lab);
      const failure = requireFailure(await lab.parse(change(request)));
      expect(failure).toMatchObject({ kind: "signature", retryable: false });
    });

    it("refuses a signature of an hour ago", async () => {
      const { request } = await receive(lab);
      const now = new Date(Date.now() + HOUR_MS);
      expect(requireFailure(await lab.adapter.parseWebhook(request, { now })).kind).toBe("signature");
    });

    it.each(["{", "null", "[]", "7", "{}", '{"id":7}', '"text"'])(
      "refuses a signed body of %s",
      async (body) => {
        const failure = requireFailure(await lab.parse(webhooks.sign(body)));
        expect(failure).toMatchObject({ kind: "invalid_request", retryable: false });
      },
    );

    it("ignores events of the other environment and of kinds that say nothing", async () => {
      const body = readBody((await receive(lab)).request);
      const other = requireOk(await lab.parse(webhooks.sign(webhooks.toOtherMode(body))));
      expect(other).toMatchObject({ outcome: "ignored", reason: "environment_mismatch" });
      const unknown = requireOk(await lab.parse(webhooks.sign(webhooks.toUnknownType(body))));
      expect(unknown).toMatchObject({ outcome: "ignored", reason: "unknown_type" });
    });

    it("makes nothing of another project's checkout", async () => {
      const news = await lab.buy("pays", { adapter: lab.stranger });
      const { sessionId } = news.checkout;
      const heard = await untilSo(async () => {
        const requests = (await lab.readEvents()).map(({ request }) => request);
        const events = await Promise.all(
          requests.map(async (request) =>
            requireOk(await lab.stranger.parseWebhook(request, { now: new Date() })),
          ),
        );
        const index = events.findIndex((event) => isAbout(event, sessionId));
        expect(index).toBeGreaterThanOrEqual(0);
        return requests[index];
      });
      if (!heard) throw new Error("No webhook was received");
      expect(await understand(lab, requireOk(await lab.parse(heard)))).toMatch(/^(foreign|not_found)$/);
    });
  });
}

export function describeListedEvents(lab: Lab): void {
  describe("listEvents", () => {
    it("lists what webhooks told, each event once, page by page", async () => {
      const since = new Date(Date.now() - HOUR_MS);
      const { event } = await receive(lab);
      while (requireOk(await list(lab, since)).next === undefined) {
        await lab.harness.createProduct({ unitAmount: 500, currency: "usd", metadata: {} });
      }
      const listed = await listAll(lab, since);
      const ids = listed.map((each) => each.event.eventId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toContain(event.eventId);
      const heard = (await lab.readEvents()).map((each) => each.event);
      const told = heard.filter(({ outcome }) => outcome !== "ignored").map(({ eventId }) => eventId);
      expect(told.filter((id) => !ids.includes(id))).toEqual([]);
      for (const each of listed) expect(lab.adapter.parseEvent(each.payload)).toEqual(each.event);
    });

    it("lists nothing from before the moment that it is asked for", async () => {
      await receive(lab);
      expect(await listAll(lab, new Date(Date.now() + HOUR_MS))).toEqual([]);
    });
  });
}

/** A checkout's first webhook that says something. */
async function receive(lab: Lab): Promise<{ request: WebhookRequest; event: ParsedEvent }> {
  const { checkout } = await lab.buy();
  return await untilSo(async () => {
    const found = (await lab.readEvents()).find(({ event }) => isAbout(event, checkout.sessionId));
    if (!found) throw new Error(`No webhook told of checkout "${checkout.sessionId}"`);
    return found;
  });
}

/** Why nothing comes of an event: it says so itself, or what it leads to is not found. */
async function understand(lab: Lab, event: ParsedEvent): Promise<string | undefined> {
  if (event.outcome === "ignored") return event.reason;
  if (event.outcome !== "refetch" || !("sessionId" in event.subject)) return undefined;
  return requireFailure(await lab.adapter.fetchCheckout(event.subject.sessionId)).kind;
}

function isAbout(event: ParsedEvent, sessionId: string): boolean {
  if (event.outcome === "news") return event.news.checkout.sessionId === sessionId;
  return event.outcome === "refetch" && "sessionId" in event.subject && event.subject.sessionId === sessionId;
}

async function list(lab: Lab, since: Date, cursor?: string) {
  return await lab.with("listEvents").listEvents({ since, cursor });
}

async function listAll(lab: Lab, since: Date) {
  const pages = [requireOk(await list(lab, since))];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next) {
    pages.push(requireOk(await list(lab, since, next)));
  }
  return pages.flatMap(({ events }) => events);
}

function readBody({ rawBody }: WebhookRequest): string {
  return Buffer.from(rawBody).toString("utf8");
}

function flipLast(body: Uint8Array): Buffer {
  const changed = Buffer.from(body);
  changed.writeUInt8(changed.readUInt8(changed.length - 2) ^ 1, changed.length - 2);
  return changed;
}

function withHeaders(
  { rawBody, headers }: WebhookRequest,
  change: (value: string) => string | string[],
): WebhookRequest {
  const changed = Object.entries(headers).map(([name, value]) => [name, change(String(value))] as const);
  return { rawBody, headers: Object.fromEntries(changed) };
}
