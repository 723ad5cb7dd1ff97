import type { Stripe } from "stripe";
import type { Store } from "../../objects/store/store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { EventSink } from "../events/sink.ts";
import type { DueQueue } from "./dueQueue.ts";

/** What every operation works with. */
export interface Context {
  store: Store;
  clock: Clock;
  events: EventSink;
  due: DueQueue;
  /** The server's own address, for links to its pages. */
  baseUrl: string;
  /** Whether its key is a live one. */
  livemode: boolean;
  /** The API request that is being answered; null for the checkout page, the control API and the clock. */
  origin: Stripe.Event.Request | null;
}
