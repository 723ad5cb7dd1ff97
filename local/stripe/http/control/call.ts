import type { Account } from "../../operations/account/account.ts";
import type { App } from "../api/app.ts";

/** One control request: what its path named, its query and its body. */
export interface ControlCall {
  readonly app: App;
  readonly account: Account;
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
}
