import { Account, type AccountOptions } from "../../operations/account/account.ts";
import { Expander } from "./expand.ts";
import { Faults } from "./faults.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { RequestLog } from "./requestLog.ts";
import type { Resource } from "./route.ts";
import { Router } from "./router.ts";

export interface AppOptions extends Omit<AccountOptions, "livemode"> {
  apiKey: string;
  resources: readonly Resource[];
}

/** The account behind the server, and what the server remembers of the calls themselves. */
export class App {
  readonly account: Account;
  readonly apiKey: string;
  readonly log: (message: string) => void;
  readonly router: Router;
  readonly expander: Expander;
  readonly faults = new Faults();
  readonly idempotency = new IdempotencyKeys();
  readonly requests = new RequestLog();

  constructor({ apiKey, resources, ...account }: AppOptions) {
    this.account = new Account({ ...account, livemode: /^(?:sk|rk)_live_/.test(apiKey) });
    this.apiKey = apiKey;
    this.log = account.log;
    this.router = new Router(resources.flatMap(({ routes }) => routes));
    this.expander = new Expander(resources.flatMap(({ expansions }) => expansions));
  }

  /** Back to an empty account at the machine's time. */
  reset(): void {
    this.account.reset();
    for (const state of [this.faults, this.idempotency, this.requests]) state.clear();
  }

  close(): void {
    this.account.close();
  }
}
