import type { Account } from "../../operations/account/account.ts";
import type { App } from "../api/app.ts";

/** One control request: what its path named, its query and its body. */
export interface ControlCall {
  app: App;
  account: Account;
  id: string;
  query: URLSearchParams;
  body: string;
}
