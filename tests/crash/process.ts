import type { Stripe } from "stripe";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import { bookPayment } from "../../functions/src/credits/bookPayment.ts";
import type { GatewayContext } from "../../functions/src/options.ts";
import { connectFirestore, suite } from "../kit/suite/harness.ts";
import type { Wire } from "../kit/transport/wire.ts";
import type { Listener, World } from "../kit/transport/world.ts";
import { signWebhook } from "../kit/hosting/signature.ts";
import { buildStripeAdapter } from "../kit/stripe.ts";
import { buildContext } from "../kit/context.ts";

/**
 * The services of one process, run inside the test but over transports of their own. When its gate stops it, the servers
 * see what they see of a killed process: whatever it had sent is done, and nothing more comes.
 */
export class Process implements Listener {
  readonly wire: Wire;
  readonly context: GatewayContext;
  readonly #world: World;

  private constructor(world: World, wire: Wire) {
    this.#world = world;
    this.wire = wire;
    this.context = toContext(world, wire);
  }

  static async start(world: World): Promise<Process> {
    return new Process(world, await world.openWire());
  }

  async receiveEvent(event: Stripe.Event): Promise<void> {
    const body = JSON.stringify(event);
    const headers = { "stripe-signature": signWebhook(body, { at: this.#world.now() }) };
    await receiveWebhook(this.context, "stripe", { rawBody: Buffer.from(body), headers });
  }

  async paymentWritten(paymentId: string): Promise<void> {
    await bookPayment(this.context, paymentId);
  }
}

/** As options.ts builds it, but for the transports and the clock. */
function toContext(world: World, { firestoreHost, stripeUrl: url }: Wire): GatewayContext {
  const { projectId } = world;
  const { stripeApiKey: apiKey, webhookSecret } = suite;
  const adapter = buildStripeAdapter({ url, apiKey, webhookSecret, projectId });
  return buildContext({
    db: connectFirestore({ projectId, host: firestoreHost }),
    adapters: new PaymentAdapterFactory({ stripe: async () => adapter }, { defaultProvider: "stripe" }),
    projectId,
    now: () => world.now(),
  });
}
