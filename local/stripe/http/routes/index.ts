import type { Resource } from "../api/route.ts";
import { checkoutSessions } from "./checkoutSessions.ts";
import { coupons } from "./coupons.ts";
import { creditNotes } from "./creditNotes.ts";
import { customerBalance } from "./customerBalance.ts";
import { customers } from "./customers.ts";
import { disputes } from "./disputes.ts";
import { events } from "./events.ts";
import { invoices } from "./invoices.ts";
import { payments } from "./payments.ts";
import { portalSessions } from "./portalSessions.ts";
import { prices } from "./prices.ts";
import { products } from "./products.ts";
import { promotionCodes } from "./promotionCodes.ts";
import { refunds } from "./refunds.ts";
import { subscriptions } from "./subscriptions.ts";
import { subscriptionSchedules } from "./subscriptionSchedules.ts";

/** Every resource of the API; a route that is in none of them is refused as Stripe refuses an unknown URL. */
export const resources: readonly Resource[] = [
  products,
  prices,
  customers,
  customerBalance,
  coupons,
  promotionCodes,
  checkoutSessions,
  payments,
  refunds,
  disputes,
  subscriptions,
  subscriptionSchedules,
  invoices,
  creditNotes,
  portalSessions,
  events,
];
