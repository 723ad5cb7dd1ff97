import { generateKeyPairSync } from "node:crypto";
import type { AdapterHarness, OperationFault, Operation, Payer, ProductWanted } from "../adapterContract.ts";
import { OrchardAdapter } from "./adapter.ts";
import type { Item, Purse } from "./objects.ts";
import { OrchardServer, type OrchardFault } from "./server.ts";

const ROUTES: Record<Exclude<Operation, "ensureCustomer">, string> = {
  fetchProduct: "GET /catalogue",
  createCheckout: "POST /orders",
  fetchCheckout: "GET /orders",
  captureCheckout: "POST /orders/capture",
  refund: "POST /payments/returns",
};
const FAULTS: Record<OperationFault, OrchardFault> = {
  outage: "silence",
  rate_limit: "busy",
  lost_answer: "lost",
};
const PURSES: Record<Exclude<Payer, "is_turned_away">, Purse> = {
  pays: "full",
  waits: "slow",
  fails: "empty",
};
const PLACES: Record<string, number> = { usd: 2, eur: 2, jpy: 0, kwd: 3 };

/** Orchard, and the world around it. */
export class OrchardHarness implements AdapterHarness {
  readonly methods = ["expireCheckout", "listEvents", "refund", "captureCheckout"] as const;
  readonly server = new OrchardServer(() => new Date());
  readonly start = async () => await this.server.start();
  readonly stop = async () => await this.server.stop();

  readonly createAdapter: AdapterHarness["createAdapter"] = ({ projectId, isKeyWrong = false }) =>
    new OrchardAdapter({
      url: this.server.url,
      apiKey: isKeyWrong ? "grove_test_key_wrong" : this.server.apiKey,
      projectId,
    });

  readonly createProduct = async (wanted: ProductWanted) => {
    const item = toItem(wanted);
    this.server.saveItem(item);
    return { productId: item.sku, priceId: "STANDARD" };
  };

  readonly withdrawProduct = async (productId: string) => {
    const item = this.server.items.get(productId);
    if (item) this.server.saveItem({ ...item, on_sale: false });
  };

  readonly pay = async (sessionId: string, payer: Payer) => {
    // Orchard's page keeps whom it turns away.
    if (payer === "is_turned_away") return this.server.orders.require(sessionId).page;
    return this.server.orders.approve(sessionId, PURSES[payer]);
  };

  readonly clear = async (sessionId: string) => this.server.orders.clear(sessionId, "DONE");
  readonly expire = async (sessionId: string) => void this.server.orders.lapse(sessionId);

  readonly refundByMerchant: AdapterHarness["refundByMerchant"] = async (
    { key },
    { amountMinor, currency },
  ) => {
    const amount = { value: toDecimal(amountMinor, currency), currency: currency.toUpperCase() };
    this.server.orders.giveBack(key, { amount, reference: null });
  };

  readonly failRefund = async (refundId: string) => this.server.orders.bounce(refundId);

  readonly breakNext = async (operation: Operation, fault: OperationFault) => {
    if (operation === "ensureCustomer") throw new Error("Orchard has no customers");
    this.server.breakNext(ROUTES[operation], FAULTS[fault]);
  };

  readonly webhooks: AdapterHarness["webhooks"] = {
    readReceived: () => this.server.notices.posted,
    sign: (body) => this.server.notices.seal(body),
    forge: (body) => this.server.notices.seal(body, generateKeyPairSync("ed25519")),
    toUnknownType: (body) => JSON.stringify({ ...JSON.parse(body), topic: "PAYOUT" }),
    toOtherMode: (body) => JSON.stringify({ ...JSON.parse(body), realm: "LIVE" }),
  };

  readonly disputes: NonNullable<AdapterHarness["disputes"]> = {
    open: async ({ key }) => this.server.orders.object(this.server.orders.requireByPayment(key).id, "OPEN"),
    close: async ({ key }, outcome) => {
      const state = outcome === "won" ? "REJECTED" : "UPHELD";
      this.server.orders.object(this.server.orders.requireByPayment(key).id, state);
    },
  };
}

/** An item on sale. */
export function toItem({ unitAmount, currency, metadata }: ProductWanted): Item {
  const price = { value: toDecimal(unitAmount, currency), currency: currency.toUpperCase() };
  return {
    sku: `SKU_${crypto.randomUUID()}`,
    title: "Credits",
    on_sale: true,
    attributes: Object.entries(metadata).map(([name, value]) => ({ name, value })),
    offers: [{ code: "STANDARD", price }],
  };
}

function toDecimal(amountMinor: number, currency: string): string {
  const places = PLACES[currency] ?? 2;
  return (amountMinor / 10 ** places).toFixed(places);
}
