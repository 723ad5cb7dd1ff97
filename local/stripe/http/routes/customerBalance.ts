import { balanceExpansions, requireBalanceTransaction } from "../../objects/customers/balance.ts";
import { listPage } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import { adjustBalance, balanceFields } from "../../operations/customers/balance.ts";
import { missingObject } from "../../platform/errors.ts";
import { string } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

/** What changed a customer's balance; it is used and filled by invoices and credit notes, too. */
export const customerBalance: Resource = {
  expansions: [balanceExpansions],
  routes: [
    route("POST", "/v1/customers/:id/balance_transactions", balanceFields, adjustBalance),
    route(
      "GET",
      "/v1/customers/:id/balance_transactions",
      { ...pageFields, created, invoice: string() },
      ({ store }, params, id) => {
        const { invoice } = params;
        if (store.customers.read(id) === undefined) throw missingObject("customer", id);
        return listPage(store.balanceTransactions, params, {
          url: `/v1/customers/${id}/balance_transactions`,
          noun: "customer balance transaction",
          index: { name: "customer", values: [id] },
          where: (transaction) => invoice === undefined || idOf(transaction.invoice) === invoice,
        });
      },
    ),
    route("GET", "/v1/customers/:owner/balance_transactions/:id", {}, (context, _params, id, customerId) =>
      requireBalanceTransaction(context, { id, customerId }),
    ),
  ],
};
