import type { Route } from "../api/route.ts";
import { BILLING_PORTAL_ROUTES } from "./billingPortal.ts";
import { CHECKOUT_SESSION_ROUTES } from "./checkoutSessions.ts";
import { COUPON_ROUTES } from "./coupons.ts";
import { CUSTOMER_ROUTES } from "./customers.ts";
import { DISPUTE_ROUTES } from "./disputes.ts";
import { EVENT_ROUTES } from "./events.ts";
import { INVOICE_ROUTES } from "./invoices.ts";
import { PAYMENT_ROUTES } from "./payments.ts";
import { PRICE_ROUTES } from "./prices.ts";
import { PRODUCT_ROUTES } from "./products.ts";
import { PROMOTION_CODE_ROUTES } from "./promotionCodes.ts";
import { REFUND_ROUTES } from "./refunds.ts";
import { SUBSCRIPTION_ROUTES } from "./subscriptions.ts";

/** Every route of the API; whatever is not here is refused as Stripe refuses an unknown URL. */
export const ROUTES: readonly Route[] = [
  ...PRODUCT_ROUTES,
  ...PRICE_ROUTES,
  ...CUSTOMER_ROUTES,
  ...COUPON_ROUTES,
  ...PROMOTION_CODE_ROUTES,
  ...CHECKOUT_SESSION_ROUTES,
  ...PAYMENT_ROUTES,
  ...REFUND_ROUTES,
  ...DISPUTE_ROUTES,
  ...SUBSCRIPTION_ROUTES,
  ...INVOICE_ROUTES,
  ...BILLING_PORTAL_ROUTES,
  ...EVENT_ROUTES,
];
