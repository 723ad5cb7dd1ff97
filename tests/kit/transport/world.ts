import type { Stripe } from "stripe";
import { ControlClient } from "../../../local/stripe/testing/controlClient.ts";
import { connectFirestore, suite, toId } from "../suite/harness.ts";
import { EVENT_TYPES } from "../../../functions/src/adapters/stripe/events.ts";
import { startLocalStripe, type LocalStripe } from "../../../local/stripe/index.ts";
import type { FunctionSettings } from "../hosting/environment.ts";
import { buildProduct, type NewProduct } from "../products.ts";
import { connectStripe } from "../stripe.ts";
import type { Call } from "./gate.ts";
import { openWire, type Wire } from "./wire.ts";

/** Who hears the news that Stripe and Eventarc have. A rejection says that it must be told again. */
export interface Listener {
  readonly receiveEvent: (event: Stripe.Event) => Promise<void>;
  readonly paymentWritten: (paymentId: string) => Promise<void>;
}

/**
 * A Stripe account and a Firestore project of their own, apart from the suite's, in which nothing happens by itself:
 * webhooks and triggers are handed over when a test says so.
 */
export class World {
  readonly projectId = `demo-world-${crypto.randomUUID().slice(0, 8)}`;
  readonly db = connectFirestore({ projectId: this.projectId });
  /** The merchant's own use of Stripe, which is counted nowhere. */
  readonly stripe: Stripe;
  /** What buyers, banks and the merchant do at Stripe. */
  readonly control: ControlClient;
  readonly #localStripe: LocalStripe;
  readonly #wires: { wire: Wire; seen: number }[] = [];
  #lastEventId: string | undefined;
  #aheadMs = 0;

  private constructor(localStripe: LocalStripe) {
    this.#localStripe = localStripe;
    const { url } = localStripe;
    this.control = new ControlClient(url);
    this.stripe = connectStripe({ url, apiKey: suite.stripeApiKey });
  }

  static async start(): Promise<World> {
    return new World(await startLocalStripe({ port: 0, apiKey: suite.stripeApiKey, webhookEndpoints: [] }));
  }

  async stop(): Promise<void> {
    for (const { wire } of this.#wires) wire.close();
    await Promise.all([this.db.terminate(), this.#localStripe.close()]);
  }

  /** A process's ways to this world's servers. */
  async openWire(): Promise<Wire> {
    const wire = await openWire({ firestoreHost: suite.firestoreHost, stripeUrl: this.#localStripe.url });
    this.#wires.push({ wire, seen: 0 });
    return wire;
  }

  /** What a function in this world is started with. */
  toSettings({ firestoreHost, stripeUrl }: Wire): FunctionSettings {
    const { stripeApiKey, webhookSecret, hostingUrl: frontendUrl } = suite;
    return { projectId: this.projectId, firestoreHost, stripeUrl, stripeApiKey, webhookSecret, frontendUrl };
  }

  /** What time it is: the machine's, until some is let pass. */
  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** Lets time pass, here and at Stripe. */
  async advance(minutes: number): Promise<void> {
    await this.control.passSeconds(minutes * 60);
    this.#aheadMs += minutes * 60_000;
  }

  /** Puts something on sale. Returns its id. */
  async sell(wanted: NewProduct = {}): Promise<string> {
    return (await this.stripe.products.create(buildProduct(wanted))).id;
  }

  /** The payment intent of a session that was paid. */
  async readPaymentIntent(sessionId: string): Promise<string> {
    return toId((await this.stripe.checkout.sessions.retrieve(sessionId)).payment_intent);
  }

  /** Hands over all that Stripe and Eventarc have to say, and what follows from it, until there is nothing left. */
  async settle(listener: Listener): Promise<void> {
    for (;;) {
      const events = await this.takeEvents();
      const paymentIds = this.takeWritten();
      if (events.length + paymentIds.length === 0) return;
      for (const event of events) await listener.receiveEvent(event);
      for (const paymentId of paymentIds) await listener.paymentWritten(paymentId);
    }
  }

  /** The latest event of a type. */
  async readEvent(type: string): Promise<Stripe.Event> {
    const { data } = await this.stripe.events.list({ type, limit: 1 });
    const [event] = data;
    if (!event) throw new Error(`Stripe has said nothing of type "${type}"`);
    return event;
  }

  /** The events since the last time, oldest first: only of the types that an endpoint is registered for. */
  async takeEvents(): Promise<Stripe.Event[]> {
    const taken: Stripe.Event[] = [];
    for await (const event of this.stripe.events.list({ limit: 25 })) {
      if (event.id === this.#lastEventId) break;
      taken.unshift(event);
    }
    this.#lastEventId = taken.at(-1)?.id ?? this.#lastEventId;
    return taken.filter(({ type }) => REGISTERED.has(type));
  }

  /** The payments written since the last time, one for each write: each wakes the trigger. */
  takeWritten(): string[] {
    return this.#wires.flatMap((watched) => {
      const calls = watched.wire.gate.calls.slice(watched.seen);
      watched.seen += calls.length;
      return calls.flatMap(toPaymentIds);
    });
  }
}

const REGISTERED: ReadonlySet<string> = new Set(EVENT_TYPES);

function toPaymentIds({ written }: Call): string[] {
  return written.flatMap((path) => /^payments\/([^/]+)$/.exec(path)?.[1] ?? []);
}
