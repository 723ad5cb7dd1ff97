import type { Stripe } from "stripe";
import type { ItemPrice } from "../../objects/billing/invoiceItems.ts";
import { newItem, periodOf, recurringOf, toPlan } from "../../objects/billing/subscriptions.ts";
import { isPlain, requirePrice, unitAmountIn } from "../../objects/catalogue/prices.ts";
import {
  exclusiveParameters,
  invalidRequest,
  missingObject,
  missingParameter,
} from "../../platform/errors.ts";
import { boolean, integer, list, object, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

const itemFields = { id: string(), deleted: boolean, price: string(), quantity: integer({ min: 1 }) };

/** See https://docs.stripe.com/billing/subscriptions/multiple-products. */
export const MOST_ITEMS = 20;

/** The items of an update, see https://docs.stripe.com/api/subscriptions/update#update_subscription-items. */
export const itemsParam = list(object(itemFields), { max: MOST_ITEMS });

type ItemParam = Decoded<typeof itemFields>;

/** What an update does to one item of a subscription. */
export type ItemChange =
  | { kind: "add"; item: Stripe.SubscriptionItem }
  | { kind: "remove"; item: Stripe.SubscriptionItem }
  | { kind: "change"; item: Stripe.SubscriptionItem; to: ItemPrice };

/** The changes that an update asks for, without those that change nothing. */
export function requireItemChanges(
  context: Context,
  subscription: Stripe.Subscription,
  params: readonly ItemParam[],
): ItemChange[] {
  const changes = params.flatMap((param, index) =>
    requireChange(context, subscription, { given: param, param: `items[${index}]` }),
  );
  if (changes.length > 0) requireTogether(applyItemChanges(subscription.items.data, changes));
  return changes;
}

interface Asked {
  given: ItemParam;
  /** Where it stands among the parameters. */
  param: string;
}

function requireChange(context: Context, subscription: Stripe.Subscription, asked: Asked): ItemChange[] {
  const { given, param } = asked;
  if (given.id === undefined) return [requireNew(context, subscription, asked)];
  const item = subscription.items.data.find(({ id }) => id === given.id);
  if (item === undefined) throw missingObject("subscription item", given.id, `${param}[id]`);
  if (given.deleted === true) return [requireRemoval(item, asked)];
  const price =
    given.price === undefined
      ? item.price
      : requireRecurring(context, subscription, { priceId: given.price, param });
  const hasNewPrice = price.id !== item.price.id;
  // Another price comes with a quantity of 1 unless the update names one, says the page of `items`.
  const quantity = given.quantity ?? (hasNewPrice ? 1 : (item.quantity ?? 1));
  if (!hasNewPrice && quantity === item.quantity) return [];
  return [{ kind: "change", item, to: { price, quantity } }];
}

function requireNew(
  context: Context,
  subscription: Stripe.Subscription,
  { given, param }: Asked,
): ItemChange {
  if (given.deleted === true) throw missingParameter(`${param}[id]`);
  if (given.price === undefined) throw missingParameter(`${param}[price]`);
  const price = requireRecurring(context, subscription, { priceId: given.price, param });
  const sold = { price, quantity: given.quantity ?? 1 };
  const item = newItem(sold, {
    subscriptionId: subscription.id,
    period: periodOf(subscription),
    now: context.clock.now(),
  });
  return { kind: "add", item };
}

function requireRemoval(item: Stripe.SubscriptionItem, { given, param }: Asked): ItemChange {
  for (const name of ["price", "quantity"] as const) {
    if (given[name] !== undefined) throw exclusiveParameters(`${param}[deleted]`, `${param}[${name}]`);
  }
  return { kind: "remove", item };
}

/** The recurring price, if it is for sale in the subscription's currency. */
export function requireRecurring(
  context: Context,
  { currency }: Pick<Stripe.Subscription, "currency">,
  { priceId, param: path }: { priceId: string; param: string },
): Stripe.Price {
  const param = `${path}[price]`;
  const price = requirePrice(context, priceId, param);
  if (price.recurring === null) {
    throw invalidRequest(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param },
    );
  }
  if (!price.active) {
    throw invalidRequest("The price specified is inactive. This field only accepts active prices.", {
      param,
    });
  }
  if (!isPlain(price)) {
    throw invalidRequest("Local Stripe sells prices per unit only, in a subscription, too.", { param });
  }
  if (unitAmountIn(context.store, price, currency) === undefined) {
    throw invalidRequest(
      `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
      { param },
    );
  }
  context.store.soldPrices.add(price.id);
  return price;
}

/** The items of a subscription after the changes; new ones come last. */
export function applyItemChanges(
  items: readonly Stripe.SubscriptionItem[],
  changes: readonly ItemChange[],
): Stripe.SubscriptionItem[] {
  const kept = items.flatMap((item) => {
    const change = changes.find((own) => own.item.id === item.id);
    if (change?.kind === "remove") return [];
    return change?.kind === "change" ? [reprice(item, change.to)] : [item];
  });
  return [...kept, ...changes.flatMap(({ kind, item }) => (kind === "add" ? [item] : []))];
}

function reprice(item: Stripe.SubscriptionItem, { price, quantity }: ItemPrice): Stripe.SubscriptionItem {
  return { ...item, plan: toPlan(price), price, quantity };
}

/** Refuses items that do not go together in one subscription. */
export function requireTogether(after: readonly Pick<Stripe.SubscriptionItem, "price">[]): void {
  const param = "items";
  if (after.length === 0) throw invalidRequest("A subscription must have at least one item.", { param });
  if (after.length > MOST_ITEMS) {
    throw invalidRequest(`A subscription can have at most ${MOST_ITEMS} items.`, { param });
  }
  if (new Set(after.map(({ price }) => price.id)).size < after.length) {
    throw invalidRequest("Local Stripe does not support two items of one price in a subscription.", {
      param,
    });
  }
  const intervals = after.map(({ price }) => {
    const { interval, interval_count: count } = recurringOf(price);
    return `${count} ${interval}`;
  });
  if (new Set(intervals).size > 1) {
    throw invalidRequest(
      "Local Stripe does not support items with different intervals in one subscription.",
      {
        param,
      },
    );
  }
}
