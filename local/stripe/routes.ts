import type { Route } from "./api/route.ts";
import { BILLING_PORTAL_ROUTES } from "./resources/billingPortal.ts";
import { CHECKOUT_SESSION_ROUTES } from "./resources/checkoutSessions.ts";
import { COUPON_ROUTES } from "./resources/coupons.ts";
import { CUSTOMER_ROUTES } from "./resources/customers.ts";
import { DISPUTE_ROUTES } from "./resources/disputes.ts";
import { EVENT_ROUTES } from "./resources/events.ts";
import { INVOICE_ROUTES } from "./resources/invoices.ts";
import { PAYMENT_ROUTES } from "./resources/payments.ts";
import { PRICE_ROUTES } from "./resources/prices.ts";
import { PRODUCT_ROUTES } from "./resources/products.ts";
import { PROMOTION_CODE_ROUTES } from "./resources/promotionCodes.ts";
import { REFUND_ROUTES } from "./resources/refunds.ts";
import { SUBSCRIPTION_ROUTES } from "./resources/subscriptions.ts";

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
