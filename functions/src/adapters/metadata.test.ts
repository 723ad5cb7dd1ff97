import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildOrder, issuer, projectId } from "../../../tests/kit/builders.ts";
import { orderSchema, type Order } from "../model/order.ts";
import { toKey } from "../platform/ids.ts";
import { isOurs, parseMetadata, toIssuer, toMetadata } from "./metadata.ts";

const anyId = fc.stringMatching(/^[A-Za-z0-9_-]{1,200}$/).filter((id) => !/^__.*__$/.test(id));

const anyOrder: fc.Arbitrary<Order> = fc.record({
  userId: fc.string({ unit: "grapheme", minLength: 1, maxLength: 128 }).filter(({ length }) => length <= 128),
  productId: anyId,
  priceId: anyId,
  quantity: fc.integer({ min: 1, max: 999 }),
  currency: fc.stringMatching(/^[a-z]{3}$/),
  worth: fc.record({
    creditsAmount: fc.integer({ min: 0, max: 1_000_000_000 }),
    subscriptionDays: fc.option(fc.integer({ min: 1, max: 36_500 })),
  }),
});

function metadata(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...toMetadata({ order: buildOrder({ subscriptionDays: 30 }), subtotal: 1_000 }, issuer),
    ...overrides,
  };
}

/** The hash without a key that told whether an order was changed. */
function toOldHash({ userId, productId, priceId, quantity, currency, worth }: Order): string {
  const numbers = [quantity, worth.creditsAmount, worth.subscriptionDays].map(String);
  return toKey("order", [projectId, userId, productId, priceId, currency, ...numbers]);
}

describe("toMetadata", () => {
  it("is read back as the same order", () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        expect(orderSchema.parse(order)).toEqual(order);
        expect(parseMetadata(toMetadata({ order, subtotal: 1_000 }, issuer), issuer)).toEqual({
          outcome: "order",
          order,
          subtotal: 1_000,
        });
      }),
    );
  });

  /** Stripe's limits: https://docs.stripe.com/api/metadata */
  it("fits a provider's metadata: 50 keys of 40 characters, texts of 1 to 500", () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const entries = Object.entries(toMetadata({ order, subtotal: 1_000 }, issuer));
        expect(entries.length).toBeLessThanOrEqual(50);
        for (const [key, value] of entries) {
          expect(key.length).toBeLessThanOrEqual(40);
          expect(value).toEqual(expect.any(String));
          expect(value.length).toBeGreaterThan(0);
          expect(value.length).toBeLessThanOrEqual(500);
        }
      }),
    );
  });

  it("writes no number in a form that is not a whole number's own", () => {
    const order = buildOrder({ creditsAmount: 1_000_000_000, quantity: 999, subscriptionDays: 36_500 });
    expect(toMetadata({ order, subtotal: 1_000 }, issuer)).toMatchObject({
      creditsAmount: "1000000000",
      quantity: "999",
      subscriptionDays: "36500",
    });
  });

  it("has the same seal from version to version: sold orders keep theirs as long as their subscriptions live", () => {
    expect(metadata()["seal"]).toBe("ce6bbf64781622588b863d032b14cb6486a88c57168ec11bca2a8a881d87af14");
  });

  it("leaves the days out of an order that lasts forever", () => {
    expect(toMetadata({ order: buildOrder(), subtotal: 1_000 }, issuer)).not.toHaveProperty(
      "subscriptionDays",
    );
  });
});

describe("isOurs", () => {
  it.each<[string, unknown]>([
    ["none", null],
    ["empty", {}],
    ["another project's", metadata({ gatewayProject: "other" })],
    ["inherited", JSON.parse(`{"__proto__":{"gatewayProject":"${projectId}"}}`)],
  ])("is false of metadata that is %s", (_name, foreign) => {
    expect(isOurs(foreign, projectId)).toBe(false);
  });

  it("is true of this project's, also when the order was made unreadable", () => {
    expect(isOurs({ gatewayProject: projectId }, projectId)).toBe(true);
  });
});

describe("parseMetadata", () => {
  it.each<[string, unknown]>([
    ["another project's", metadata({ gatewayProject: "other" })],
    ["a project's with a longer name", metadata({ gatewayProject: `${projectId}-2` })],
    ["a project's in capitals", metadata({ gatewayProject: projectId.toUpperCase() })],
    ["nobody's", metadata({ gatewayProject: undefined })],
    ["an empty project's", metadata({ gatewayProject: "" })],
    ["empty", {}],
    ["null", null],
    ["missing", undefined],
    ["text", "gatewayProject"],
    ["a list", [projectId]],
  ])("finds metadata foreign that is %s", (_name, foreign) => {
    expect(parseMetadata(foreign, issuer)).toEqual({ outcome: "foreign" });
  });

  it("takes the project from the metadata itself, not from its prototype", () => {
    const inherited: unknown = JSON.parse(`{"__proto__":{"gatewayProject":"${projectId}"}}`);
    expect(parseMetadata(inherited, issuer)).toEqual({ outcome: "foreign" });
  });

  it("ignores what others have added", () => {
    expect(parseMetadata(metadata({ campaign: "spring" }), issuer)).toEqual({
      outcome: "order",
      order: buildOrder({ subscriptionDays: 30 }),
      subtotal: 1_000,
    });
  });

  it.each([
    { userId: "user_2" },
    { productId: "prod_large" },
    { priceId: "price_large" },
    { quantity: "2" },
    { currency: "usd" },
    { creditsAmount: "101" },
    { subscriptionDays: "31" },
    { subscriptionDays: undefined },
    { subtotal: "1001" },
    { subtotal: " 1000" },
    { subtotal: "1000 " },
    { subtotal: undefined },
    { seal: undefined },
    { seal: "0" },
    { seal: "0".repeat(64) },
  ])("tells that %j was changed", (change) => {
    expect(parseMetadata(metadata(change), issuer)).toMatchObject({ outcome: "order", subtotal: undefined });
  });

  it("tells an order of another project from one of its own", () => {
    const others = { ...issuer, projectId: "other" };
    const moved = {
      ...toMetadata({ order: buildOrder(), subtotal: 1_000 }, others),
      gatewayProject: projectId,
    };
    expect(parseMetadata(moved, issuer)).toMatchObject({ subtotal: undefined });
  });

  it("does not know an order that was sealed with another API key, as after that was rolled", () => {
    const rolled = toIssuer(projectId, "sk_test_rolled");
    expect(parseMetadata(metadata(), rolled)).toMatchObject({
      outcome: "order",
      order: buildOrder({ subscriptionDays: 30 }),
      subtotal: undefined,
    });
  });

  it("understands an order that was written before orders were sealed, but not as what was sold", () => {
    const { seal: _seal, subtotal: _subtotal, ...unsealed } = metadata();
    const old = { ...unsealed, orderHash: toOldHash(buildOrder({ subscriptionDays: 30 })) };
    expect(parseMetadata(old, issuer)).toMatchObject({
      outcome: "order",
      order: buildOrder({ subscriptionDays: 30 }),
      subtotal: undefined,
    });
  });

  it.each(["userId", "productId", "priceId", "quantity", "currency", "creditsAmount"])(
    "cannot read metadata without %s",
    (field) => {
      expect(parseMetadata(metadata({ [field]: undefined }), issuer)).toEqual({ outcome: "unreadable" });
    },
  );

  it.each([
    [
      "creditsAmount",
      [
        "",
        " ",
        "0x10",
        "-1",
        "0.5",
        "NaN",
        "Infinity",
        "1e21",
        "1000000001",
        "9007199254740993",
        "ten",
        "1,000",
      ],
    ],
    ["quantity", ["0", "-1", "1.5", "NaN", "1000", "1e21", "two", ""]],
    ["subscriptionDays", ["0", "-1", "1.5", "NaN", "36501", "1e21", "month"]],
    ["currency", ["EUR", "eu", "euro", "e u", ""]],
    ["productId", ["", "a/b", "..", "a".repeat(201)]],
    ["priceId", ["", "a/b", "..", "a".repeat(201)]],
    ["userId", ["", "u".repeat(129)]],
  ])("cannot read a tampered %s", (field, values) => {
    const accepted = values.filter(
      (value) => parseMetadata(metadata({ [field]: value }), issuer).outcome !== "unreadable",
    );
    expect(accepted).toEqual([]);
  });
});
