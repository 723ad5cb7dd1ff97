import { chargeExpansions } from "../../objects/payments/charges.ts";
import { paymentIntentExpansions } from "../../objects/payments/paymentIntents.ts";
import { paymentMethodExpansions } from "../../objects/payments/paymentMethods.ts";
import { listPage } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import { createIntent, createIntentFields } from "../../operations/payments/createIntent.ts";
import { createMethod, createMethodFields } from "../../operations/payments/createMethod.ts";
import { attachFields, attachToCustomer } from "../../operations/payments/takeMethod.ts";
import { missingObject } from "../../platform/errors.ts";
import { string } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

/** Payment intents, their charges and payment methods: made by the checkout page or here. */
export const payments: Resource = {
  expansions: [paymentIntentExpansions, chargeExpansions, paymentMethodExpansions],
  routes: [
    route("POST", "/v1/payment_intents", createIntentFields, createIntent),
    route("GET", "/v1/payment_intents/:id", {}, ({ store }, _params, id) => {
      const intent = store.paymentIntents.read(id);
      if (intent === undefined) throw missingObject("payment_intent", id);
      return intent;
    }),
    route("GET", "/v1/payment_intents", { ...pageFields, created, customer: string() }, ({ store }, params) =>
      listPage(store.paymentIntents, params, {
        url: "/v1/payment_intents",
        noun: "payment_intent",
        index: params.customer === undefined ? undefined : { name: "customer", values: [params.customer] },
      }),
    ),
    route("GET", "/v1/charges/:id", {}, ({ store }, _params, id) => {
      const charge = store.charges.read(id);
      if (charge === undefined) throw missingObject("charge", id);
      return charge;
    }),
    route(
      "GET",
      "/v1/charges",
      { ...pageFields, created, customer: string(), payment_intent: string() },
      ({ store }, params) => {
        const { payment_intent: intent, customer } = params;
        return listPage(store.charges, params, {
          url: "/v1/charges",
          noun: "charge",
          index:
            intent !== undefined
              ? { name: "paymentIntent", values: [intent] }
              : customer !== undefined
                ? { name: "customer", values: [customer] }
                : undefined,
          where: (charge) => customer === undefined || idOf(charge.customer) === customer,
        });
      },
    ),
    route("POST", "/v1/payment_methods", createMethodFields, createMethod),
    route("POST", "/v1/payment_methods/:id/attach", attachFields, attachToCustomer),
    route("GET", "/v1/payment_methods/:id", {}, ({ store }, _params, id) => {
      const paymentMethod = store.paymentMethods.read(id);
      if (paymentMethod === undefined) throw missingObject("PaymentMethod", id);
      return paymentMethod;
    }),
  ],
};
