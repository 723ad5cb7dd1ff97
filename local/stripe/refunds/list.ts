import type { Stripe } from "stripe";
import { listPage } from "../api/list.ts";
import type { PAGE_FIELDS } from "../api/list.ts";
import type { Decoded } from "../api/params.ts";
import type { CreatedRange } from "../store/collection.ts";
import type { Store } from "../store/store.ts";

/** A page of a charge's refunds; its latest ones are what `refunds` shows when it is expanded. */
export function refundsOf(
  store: Store,
  chargeId: string,
  params: Decoded<typeof PAGE_FIELDS> & { readonly created?: CreatedRange } = {},
): Stripe.ApiList<Stripe.Refund> {
  return listPage(store.refunds, params, {
    url: `/v1/charges/${chargeId}/refunds`,
    noun: "refund",
    index: { name: "charge", values: [chargeId] },
  });
}
