import { customerExpansions } from "../../objects/customers/customers.ts";
import { listPage } from "../../objects/store/pages.ts";
import {
  createCustomer,
  createCustomerFields,
  customerFields,
  deleteCustomer,
  updateCustomer,
} from "../../operations/customers/customers.ts";
import { missingObject } from "../../platform/errors.ts";
import { string } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

export const customers: Resource = {
  expansions: [customerExpansions],
  routes: [
    route("POST", "/v1/customers", createCustomerFields, createCustomer),
    route("GET", "/v1/customers/:id", {}, ({ store }, _params, id) => {
      const customer = store.customers.read(id) ?? store.deletedCustomers.get(id);
      if (customer === undefined) throw missingObject("customer", id);
      return customer;
    }),
    route("POST", "/v1/customers/:id", customerFields, updateCustomer),
    route("DELETE", "/v1/customers/:id", {}, deleteCustomer),
    route("GET", "/v1/customers", { ...pageFields, created, email: string(512) }, ({ store }, params) =>
      listPage(store.customers, params, {
        url: "/v1/customers",
        noun: "customer",
        index: params.email === undefined ? undefined : { name: "email", values: [params.email] },
      }),
    ),
  ],
};
