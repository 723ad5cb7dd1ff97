import { toPaymentWritten, toWebhook } from "../../tests/kit/hosting/requests.ts";
import { requireStatus, send } from "../../tests/kit/hosting/send.ts";
import { FunctionProcess } from "../../tests/kit/hosting/functionProcess.ts";
import { copyPurchases, type CopiedEvent } from "../events.ts";
import { toFigure, type Figure } from "../report/figure.ts";
import type { Shop } from "../shop.ts";
import { measureInTurns } from "../report/statistics.ts";
import type { Backend } from "../backend/backend.ts";
import { createFloor } from "./floors.ts";

const STEPS = ["verified", "committed", "seen by the trigger", "booked", "visible to the buyer"] as const;

/**
 * From a webhook's arrival to credits that the buyer sees, step by step, in milliseconds since the arrival. The trigger is
 * called here as soon as a listener sees the payment; how long Eventarc takes for that is Google's.
 */
export async function measureStory(
  backend: Backend,
  shop: Shop,
  { rounds }: { rounds: number },
): Promise<Figure[]> {
  const model = await shop.buy("story_user");
  const plainWebhook = await FunctionProcess.start(createFloor("webhook"), backend.environment);
  const plainTrigger = await FunctionProcess.start(createFloor("trigger"), backend.environment);
  const tellPlainly = async (): Promise<number[]> => {
    const [copy] = await copyPurchases(backend, model, 1);
    if (!copy) return [];
    const startedAt = performance.now();
    requireStatus(await send(plainWebhook.url, toWebhook(copy.event)), 200, "the plainest webhook");
    requireStatus(
      await send(plainTrigger.url, toPaymentWritten("floor", backend.projectId)),
      204,
      "a trigger",
    );
    return [performance.now() - startedAt];
  };
  const tellOurs = async (): Promise<number[]> => {
    const [copy] = await copyPurchases(backend, model, 1);
    return copy ? await tell(backend, shop, { ...copy, uid: model.uid }) : [];
  };
  try {
    for (let warm = 0; warm < 10; warm += 1) await Promise.all([tellPlainly(), tellOurs()]);
    const measured = await measureInTurns([tellOurs, tellPlainly], rounds, (told) => told());
    const times = measured.get(tellOurs) ?? [];
    const plain = (measured.get(tellPlainly) ?? []).map(([total = NaN]) => total);
    return STEPS.map((name, step) =>
      toFigure("Webhook to credits", {
        name: `webhook to credits: ${name} after`,
        unit: "ms",
        values: times.map((stages) => stages[step] ?? NaN),
        ...(step === STEPS.length - 1 && {
          floor: { name: "plainest webhook, then bare trigger", values: plain },
        }),
      }),
    );
  } finally {
    await Promise.all([plainWebhook.kill(), plainTrigger.kill()]);
  }
}

async function tell(backend: Backend, shop: Shop, copy: CopiedEvent & { uid: string }): Promise<number[]> {
  const { event, paymentId, uid } = copy;
  const verified = await timeRefusal(shop, event);
  const seen = onceChanged(backend, `payments/${paymentId}`);
  const visible = onceChanged(backend, `subscriptions/${uid}`);
  await Promise.all([seen.listening, visible.listening]);
  const startedAt = performance.now();
  const committed = shop.deliver(event).then(() => performance.now());
  const seenAt = await seen.changed;
  await shop.book(paymentId);
  const bookedAt = performance.now();
  const times = [await committed, seenAt, bookedAt, await visible.changed];
  return [verified, ...times.map((time) => time - startedAt)];
}

/** How long the webhook takes to find that a signature is not Stripe's: that it is takes as long. */
async function timeRefusal({ webhook }: Shop, event: object): Promise<number> {
  const { body, headers } = toWebhook(event);
  const startedAt = performance.now();
  const answer = await send(`${webhook.url}/webhook/stripe`, { body: `${body} `, headers });
  requireStatus(answer, 400, "a refusal");
  return performance.now() - startedAt;
}

/** When a document changes after the listener is there. */
function onceChanged({ db }: Backend, path: string): { listening: Promise<void>; changed: Promise<number> } {
  const listening = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<number>();
  let seen = 0;
  const stop = db.doc(path).onSnapshot(() => {
    seen += 1;
    if (seen === 1) listening.resolve();
    else {
      stop();
      changed.resolve(performance.now());
    }
  }, changed.reject);
  return { listening: listening.promise, changed: changed.promise };
}
