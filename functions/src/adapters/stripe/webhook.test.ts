import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { at, issuer } from "../../../../tests/kit/builders.ts";
import { buildStripeSession, toSeconds } from "../../../../tests/kit/stripeBuilders.ts";
import type { ParsedEvent, ProviderResult } from "../paymentAdapter.ts";
import { parseStripeWebhook, type WebhookSettings } from "./webhook.ts";

const now = at(1_000);
const secret = "whsec_current";
const paidSession = buildStripeSession({
  status: "complete",
  payment_status: "paid",
  payment_intent: "pi_1",
});

function settings(overrides: Partial<WebhookSettings> = {}): WebhookSettings {
  return { issuer, secrets: [secret], livemode: false, now, ...overrides };
}

/** An event's body as Stripe sends it. */
function buildBody(overrides: Record<string, unknown> = {}, session: object = paidSession): string {
  return JSON.stringify({
    id: "evt_1",
    object: "event",
    api_version: Stripe.API_VERSION,
    created: toSeconds(at(990)),
    data: { object: session },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: "checkout.session.completed",
    ...overrides,
  });
}

function sign(payload: string, { by = secret, signedAt = now } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret: by, timestamp: toSeconds(signedAt) });
}

function receive(
  body: string,
  signature: string | string[] | undefined,
  overrides: Partial<WebhookSettings> = {},
): ProviderResult<ParsedEvent> {
  const request = { rawBody: Buffer.from(body), headers: { "stripe-signature": signature } };
  return parseStripeWebhook(request, settings(overrides));
}

/** The outcome of a correctly signed body. */
function receiveSigned(body: string, overrides: Partial<WebhookSettings> = {}): ProviderResult<ParsedEvent> {
  return receive(body, sign(body), overrides);
}

function outcomeOf(read: () => ProviderResult<ParsedEvent>): string {
  try {
    const result = read();
    return result.outcome === "ok" ? result.value.outcome : result.failure.kind;
  } catch {
    return "thrown";
  }
}

describe("the signature", () => {
  const body = buildBody();
  const accepted = { outcome: "ok", value: { outcome: "news", eventId: "evt_1" } };

  it.each<[string, string, Partial<WebhookSettings>]>([
    ["right", sign(body), {}],
    ["300 seconds old", sign(body, { signedAt: at(700) }), {}],
    ["of a clock that runs ahead", sign(body, { signedAt: at(1_060) }), {}],
    [
      "by the old secret while it is rolled",
      sign(body, { by: "whsec_old" }),
      { secrets: [secret, "whsec_old"] },
    ],
    [
      "by the new secret while it is rolled",
      sign(body, { by: "whsec_new" }),
      { secrets: [secret, "whsec_new"] },
    ],
    ["by both secrets", `${sign(body)},${sign(body, { by: "whsec_old" })}`, {}],
    ["beside one of a scheme nobody knows", `${sign(body)},v0=abc`, {}],
  ])("is accepted when %s", (_name, signature, overrides) => {
    expect(receive(body, signature, overrides)).toMatchObject(accepted);
  });

  it.each<[string, string | string[] | undefined, Partial<WebhookSettings>]>([
    ["missing", undefined, {}],
    ["empty", "", {}],
    ["a list", [sign(body)], {}],
    ["no signature", "hello", {}],
    ["without a time", sign(body).replace(/^t=\d+,/, ""), {}],
    ["without the known scheme", sign(body).replace("v1=", "v0="), {}],
    ["cut short", sign(body).slice(0, -1), {}],
    ["by another secret", sign(body, { by: "whsec_other" }), {}],
    ["by an empty secret", sign(body, { by: "" }), {}],
    ["by a secret that is gone", sign(body, { by: "whsec_gone" }), { secrets: [secret, "whsec_new"] }],
    ["of another body", sign(buildBody({ id: "evt_2" })), {}],
    ["stale", sign(body, { signedAt: at(699) }), {}],
    ["stale, by one of two secrets", sign(body, { signedAt: at(699) }), { secrets: [secret, "whsec_new"] }],
    ["made fresh again", sign(body, { signedAt: at(0) }).replace(/t=\d+/, `t=${toSeconds(now)}`), {}],
  ])("is refused when %s", (_name, signature, overrides) => {
    const result = receive(body, signature, overrides);
    expect(result).toMatchObject({ outcome: "failed", failure: { kind: "signature", retryable: false } });
    expect(JSON.stringify(result)).not.toContain("whsec_");
  });

  it.each<[string, string]>([
    ["one letter", body.replace("cs_test_1", "cs_test_2")],
    ["a blank", `${body} `],
    ["its form only", JSON.stringify(JSON.parse(body), undefined, 1)],
    ["everything", ""],
  ])("is refused when %s of the body was changed", (_name, tampered) => {
    expect(receive(tampered, sign(body))).toMatchObject({ failure: { kind: "signature" } });
  });

  it("covers bytes, not characters", () => {
    const valid = Buffer.from(body);
    const rawBody = Buffer.concat([valid, Buffer.from([0xff])]);
    const request = { rawBody, headers: { "stripe-signature": sign(body) } };
    expect(parseStripeWebhook(request, settings())).toMatchObject({ failure: { kind: "signature" } });
  });

  it("is our own fault when no secret is configured, whatever was sent", () => {
    const failure = { kind: "unauthenticated", retryable: false, detail: "No webhook secret is configured" };
    for (const signature of [sign(body, { by: "" }), sign(body), undefined]) {
      expect(receive(body, signature, { secrets: [] })).toEqual({ outcome: "failed", failure });
    }
  });
});

describe("the body", () => {
  it.each([
    ["no JSON", "hello"],
    ["half of it", buildBody().slice(0, -1)],
    ["null", "null"],
    ["a number", "1"],
    ["text", '"evt_1"'],
    ["a list", "[]"],
    ["an empty object", "{}"],
    ["a checkout event without its session", buildBody({ data: undefined })],
    [
      "a thin event",
      JSON.stringify({ id: "evt_1", object: "v2.core.event", type: "v1.billing.meter.no_meter" }),
    ],
  ])("is refused as malformed when it is %s", (_name, body) => {
    expect(receiveSigned(body)).toMatchObject({
      outcome: "failed",
      failure: { kind: "invalid_request", retryable: false },
    });
  });
});

describe("the event", () => {
  it("brings news of the checkout, dated by the event", () => {
    const result = receiveSigned(buildBody());
    expect(result).toMatchObject({
      outcome: "ok",
      value: {
        eventId: "evt_1",
        type: "checkout.session.completed",
        outcome: "news",
        news: {
          checkout: { sessionId: "cs_test_1" },
          sessionStatus: "completed",
          payment: { key: "pi_1", facts: { paid: { amount: 1_000, currency: "eur", at: at(990) } } },
        },
      },
    });
  });

  it.each([
    ["checkout.session.completed", { payment_status: "paid" }, "completed"],
    ["checkout.session.completed", { payment_status: "unpaid" }, "processing"],
    ["checkout.session.async_payment_succeeded", { payment_status: "paid" }, "completed"],
    ["checkout.session.async_payment_failed", { payment_status: "unpaid" }, "failed"],
    ["checkout.session.expired", { status: "expired", payment_status: "unpaid" }, "expired"],
  ])("%s with %j leaves the checkout %s", (type, fields, sessionStatus) => {
    const result = receiveSigned(buildBody({ type }, { ...paidSession, ...fields }));
    expect(result).toMatchObject({ value: { outcome: "news", type, news: { sessionStatus } } });
  });

  it.each(["invoice.created", "customer.created", "checkout.session.paused", "toString", "__proto__"])(
    "%s is ignored",
    (type) => {
      expect(receiveSigned(buildBody({ type }))).toEqual({
        outcome: "ok",
        value: { eventId: "evt_1", type, outcome: "ignored", reason: "unknown_type" },
      });
    },
  );

  it.each<[string, object]>([
    ["without metadata", { metadata: null }],
    ["of another project", { metadata: { ...paidSession.metadata, gatewayProject: "other" } }],
    ["of nobody's project", { metadata: { campaign: "spring" } }],
  ])("is ignored as foreign for a checkout %s", (_name, fields) => {
    const result = receiveSigned(buildBody({}, { ...paidSession, ...fields }));
    expect(result).toMatchObject({ value: { outcome: "ignored", reason: "foreign" } });
  });

  it("of this project is never ignored, even if its order cannot be read", () => {
    const metadata = { ...paidSession.metadata, creditsAmount: "1000000001" };
    const read = () => receiveSigned(buildBody({}, { ...paidSession, metadata }));
    expect(outcomeOf(read)).not.toBe("ignored");
  });

  it.each([
    [true, false],
    [false, true],
  ])("of livemode %s is ignored where the key's is %s", (eventMode, livemode) => {
    const result = receiveSigned(buildBody({ livemode: eventMode }), { livemode });
    expect(result).toMatchObject({ value: { outcome: "ignored", reason: "environment_mismatch" } });
  });

  it("of a connected account is ignored as foreign, whose owner may write any metadata he likes", () => {
    expect(receiveSigned(buildBody({ account: "acct_1" }))).toMatchObject({
      value: { outcome: "ignored", reason: "foreign" },
    });
  });

  it("of livemode counts where the key is live", () => {
    const result = receiveSigned(buildBody({ livemode: true }), { livemode: true });
    expect(result).toMatchObject({ value: { outcome: "news" } });
  });

  it.each([
    ["another release", "2024-09-30.acacia"],
    ["a release before they had names", "2024-06-20"],
    ["no version", null],
  ])("of %s makes the checkout be read again", (_name, api_version) => {
    expect(receiveSigned(buildBody({ api_version }))).toEqual({
      outcome: "ok",
      value: {
        eventId: "evt_1",
        type: "checkout.session.completed",
        outcome: "refetch",
        subject: { sessionId: "cs_test_1" },
      },
    });
  });

  it("of another month of the same release is read as it is", () => {
    const api_version = Stripe.API_VERSION.replace(/^\d{4}-\d{2}/, "2026-12");
    expect(receiveSigned(buildBody({ api_version }))).toMatchObject({ value: { outcome: "news" } });
  });

  it("of another release and another project is ignored without reading anything", () => {
    const body = buildBody({ api_version: "2024-06-20" }, { ...paidSession, metadata: {} });
    expect(receiveSigned(body)).toMatchObject({ value: { outcome: "ignored", reason: "foreign" } });
  });
});
