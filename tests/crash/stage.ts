import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { World } from "../kit/transport/world.ts";
import { Process } from "./process.ts";

export interface Buyer {
  readonly userId: string;
  readonly email: string;
}

/** A one-time product of 100 credits, and 100 credits for each month; each costs 5.00. */
export type Offer = "pack" | "plan";

/** A world with something on sale, and a process in it in which nothing goes wrong. */
export class Stage {
  readonly world: World;
  readonly healthy: Process;
  readonly products: Readonly<Record<Offer, string>>;

  private constructor(world: World, healthy: Process, products: Record<Offer, string>) {
    this.world = world;
    this.healthy = healthy;
    this.products = products;
  }

  static async start(): Promise<Stage> {
    const world = await World.start();
    const healthy = await Process.start(world);
    const [pack, plan] = [await world.sell(), await world.sell({ isMonthly: true })];
    const stage = new Stage(world, healthy, { pack, plan });
    await stage.settle();
    return stage;
  }

  newBuyer(): Buyer {
    const userId = crypto.randomUUID();
    return { userId, email: `${userId}@example.com` };
  }

  /** Opens a session that can be paid. Returns its id. */
  async open(buyer: Buyer, offer: Offer = "pack"): Promise<string> {
    const request = { productId: this.products[offer] };
    return (await createPaymentSession(this.healthy.context, buyer, request)).sessionId;
  }

  /** Opens and pays a session without anybody here hearing of it. Returns its id. */
  async openAndPay(buyer: Buyer, offer?: Offer): Promise<string> {
    const sessionId = await this.open(buyer, offer);
    await this.world.control.pay(sessionId);
    return sessionId;
  }

  /** Makes a whole purchase. Returns its payment intent's id. */
  async buy(buyer: Buyer): Promise<string> {
    const sessionId = await this.openAndPay(buyer);
    await this.settle();
    return await this.world.readPaymentIntent(sessionId);
  }

  /** Stripe and Eventarc tell everything they have, again if it was not heard. */
  async settle(): Promise<void> {
    await this.world.settle(this.healthy);
  }
}
