import { expect } from "vitest";
import type { LoggedEvent } from "../../../local/stripe/testing/controlClient.ts";
import { eventually } from "../eventually.ts";
import { deliverLogged, readLastEventId } from "./deliveries.ts";
import { control, db, readAccount } from "./harness.ts";
import { readPayment, type Opened } from "./situations.ts";

/** How everything stands that an event may change, in a word each; "–" if there is nothing. */
export interface State {
  session: string;
  payment: string;
  grant: string;
  /** What can be spent. */
  balance: string;
  /** The plan or the product, if the story is about one. */
  also: string;
}

const NOTHING = "–";
const STAYS_MS = 300;

/** Waits until everything stands like this, and sees that it stays so: a trigger may still be running. */
export async function untilState(story: Story, expected: State): Promise<void> {
  await eventually(async () => expect(await story.readState()).toEqual(expected));
  await new Promise((resolve) => setTimeout(resolve, STAYS_MS));
  expect(await story.readState()).toEqual(expected);
}

/** What happens at Stripe around one session or product, of which we hear only what the story says. */
export class Story {
  #about: ((event: LoggedEvent) => boolean) | undefined;
  #sessionId: string | undefined;
  #userId: string | undefined;
  #heard: string | undefined;
  /** The id that the payment in question has at Stripe. */
  paymentKey: string | undefined;
  productId: string | undefined;

  /** Hears nothing of this session from now on by itself. */
  async follow<T extends Opened>(opened: T): Promise<T> {
    const { sessionId, user } = opened;
    await control.setWebhookMode("drop", { sessionId });
    this.#sessionId = sessionId;
    this.#userId = user.uid;
    this.#heard = await readLastEventId();
    return opened;
  }

  /** Hears nothing of any product from now on by itself, and then only of the one the story is about. */
  async followProducts(): Promise<void> {
    await control.setWebhookMode("drop");
    this.#about = ({ data: { object } }) => object.id === this.productId || object.product === this.productId;
    this.#heard = await readLastEventId();
  }

  /** Hears everything there is to hear. */
  async hear(): Promise<void> {
    for (const event of await this.#readUnheard()) {
      await deliverLogged(event);
      this.#heard = event.id;
    }
  }

  /** Hears of all there is to hear this one event alone. */
  async hearOnly(type: string): Promise<void> {
    const event = (await this.#readUnheard()).findLast((unheard) => unheard.type === type);
    if (!event) throw new Error(`There is no event "${type}" to hear`);
    await deliverLogged(event);
  }

  async #readUnheard(): Promise<readonly LoggedEvent[]> {
    const after = this.#heard === undefined ? {} : { after: this.#heard };
    if (this.#about) return (await control.readEvents(after)).filter(this.#about);
    return await control.readEvents({
      ...after,
      ...(this.#sessionId !== undefined && { sessionId: this.#sessionId }),
    });
  }

  async readState(): Promise<State> {
    const session = await readStatus("payment_sessions", this.#sessionId);
    const payment = this.paymentKey === undefined ? undefined : await readPayment(this.paymentKey);
    const account = this.#userId === undefined ? undefined : await readAccount(this.#userId);
    const grant = account?.grants[`stripe_${this.paymentKey}`];
    return {
      session,
      payment: payment?.["status"] ?? NOTHING,
      grant: grant ? `${grant["amount"]} ${grant["status"]}` : NOTHING,
      balance: account ? String(account.subscription?.["availableCredits"] ?? 0) : NOTHING,
      also:
        this.productId === undefined
          ? toPlan(account?.subscription?.["plan"])
          : await readCatalogue(this.productId),
    };
  }
}

/** What of a product the catalogue shows. */
export async function readCatalogue(productId: string): Promise<string> {
  const product = (await db.collection("products").doc(productId).get()).data();
  if (!product) return NOTHING;
  if (product["active"] !== true) return "off sale";
  const prices: { amount: number; active: boolean }[] = Object.values(product["prices"] ?? {});
  const amounts = prices.filter(({ active }) => active).map(({ amount }) => amount);
  const sold = amounts.toSorted((a, b) => a - b).join(" or ");
  return `${product["creditsAmount"]} credits${sold && ` for ${sold}`}`;
}

async function readStatus(collection: string, id: string | undefined): Promise<string> {
  if (id === undefined) return NOTHING;
  return (await db.collection(collection).doc(id).get()).data()?.["status"] ?? NOTHING;
}

function toPlan(plan: { status: string; cancelAtPeriodEnd: boolean } | undefined): string {
  if (!plan) return NOTHING;
  return plan.cancelAtPeriodEnd ? `${plan.status}, ending` : plan.status;
}
