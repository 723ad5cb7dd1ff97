import { afterAll, beforeAll, describe } from "vitest";
import { describeOneStep, describeSettling } from "./contract/approvals.ts";
import { describeCheckouts, describeExpiring } from "./contract/checkouts.ts";
import { describeCustomers } from "./contract/customers.ts";
import { describeFailures } from "./contract/failures.ts";
import type { AdapterHarness } from "./contract/harness.ts";
import { Lab } from "./contract/lab.ts";
import { describeMethods } from "./contract/methods.ts";
import { describePayments } from "./contract/payments.ts";
import { describeProducts } from "./contract/products.ts";
import { describeOneTimeOnly, describeRecurring } from "./contract/recurring.ts";
import { describeDisputes, describeMerchantRefunds, describeRefund } from "./contract/refunds.ts";
import { describeListedEvents, describeWebhooks } from "./contract/webhooks.ts";

export type {
  AdapterHarness,
  Fault,
  NamedPayment,
  Operation,
  Payer,
  ProductWanted,
} from "./contract/harness.ts";

/**
 * Holds an adapter to everything that `PaymentAdapter` promises, over its provider's server and the world around it.
 * What the provider cannot do is not tested, but that the adapter refuses it.
 */
export function describeAdapterContract(name: string, harness: AdapterHarness): void {
  describe(`${name}, by the contract of adapters`, () => {
    const lab = new Lab(harness);
    beforeAll(async () => await lab.start());
    afterAll(async () => await harness.stop());

    describeMethods(lab);
    describeProducts(lab);
    describeCheckouts(lab);
    describePayments(lab);
    describeMerchantRefunds(lab);
    describeWebhooks(lab);
    describeFailures(lab);
    const { customers, disputes, recurring } = harness;
    (lab.has("settleCheckout") ? describeSettling : describeOneStep)(lab);
    if (lab.has("expireCheckout")) describeExpiring(lab);
    if (lab.has("refund")) describeRefund(lab);
    if (lab.has("listEvents")) describeListedEvents(lab);
    if (disputes) describeDisputes(lab, disputes);
    if (customers) describeCustomers(lab, customers);
    if (recurring) describeRecurring(lab, recurring);
    else describeOneTimeOnly(lab);
  });
}
