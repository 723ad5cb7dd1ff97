import { afterAll, beforeAll, describe } from "vitest";
import { describeOneStep, describeSettling } from "./adapter/approvals.ts";
import { describeCheckouts, describeExpiring } from "./adapter/checkouts.ts";
import { describeCustomers } from "./adapter/customers.ts";
import { describeFailures } from "./adapter/failures.ts";
import type { AdapterHarness } from "./adapter/harness.ts";
import { Lab } from "./adapter/lab.ts";
import { describeMethods } from "./adapter/methods.ts";
import { describePayments } from "./adapter/payments.ts";
import { describeProducts } from "./adapter/products.ts";
import { describeOneTimeOnly, describeRecurring } from "./adapter/recurring.ts";
import { describeDisputes, describeMerchantRefunds, describeRefund } from "./adapter/refunds.ts";
import { describeListedEvents, describeWebhooks } from "./adapter/webhooks.ts";

export type {
  AdapterHarness,
  OperationFault,
  NamedPayment,
  Operation,
  Payer,
  ProductWanted,
} from "./adapter/harness.ts";

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
    (lab.has("captureCheckout") ? describeSettling : describeOneStep)(lab);
    if (lab.has("expireCheckout")) describeExpiring(lab);
    if (lab.has("refund")) describeRefund(lab);
    if (lab.has("listEvents")) describeListedEvents(lab);
    if (disputes) describeDisputes(lab, disputes);
    if (customers) describeCustomers(lab, customers);
    if (recurring) describeRecurring(lab, recurring);
    else describeOneTimeOnly(lab);
  });
}
