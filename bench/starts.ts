import type { FloorKind } from "./floors.ts";
import { floor, ours, type Subject } from "./functions.ts";
import { toCall, toPaymentWritten, toSchedule, toWebhook, type RequestParts } from "./requests.ts";
import type { Purchase, Shop } from "./shop.ts";
import type { World } from "./world.ts";

/** A function and the first request that it is asked. */
export interface Start {
  readonly name: string;
  readonly subject: Subject;
  readonly kind: FloorKind;
  readonly path?: string;
  /** The answer's; 200 when absent. */
  readonly status?: number;
  /** Its work takes far longer than one read, so that its first answer is not compared with one. */
  readonly isLong?: boolean;
  /** Made before the process is started. */
  readonly prepare: () => Promise<RequestParts> | RequestParts;
}

/** The bare functions, each of which reads one document. */
export function toFloorStarts({ projectId }: World): Start[] {
  const caller = { projectId, uid: "cold_user" };
  const toStart = (kind: FloorKind, rest: Omit<Start, "name" | "subject" | "kind">): Start => ({
    name: `bare ${kind}`,
    subject: floor(kind),
    kind,
    ...rest,
  });
  return [
    toStart("call", { prepare: () => toCall({}, caller) }),
    toStart("request", { prepare: () => toCall({}, caller) }),
    toStart("schedule", { prepare: toSchedule }),
    toStart("trigger", { status: 204, prepare: () => toPaymentWritten("floor", projectId) }),
  ];
}

/** The functions of a purchase, with a first request that does all of their work. */
export function toMainStarts(world: World, shop: Shop, bought: Purchase): Start[] {
  const { projectId } = world;
  const caller = { projectId, uid: bought.uid };
  return [
    toCallable("createPaymentSession", () => toCall({ productId: shop.productId }, caller)),
    toCallable("verifyPayment", () => toCall(bought.sessionId, caller)),
    {
      name: "gateway",
      subject: ours("gateway"),
      kind: "request",
      path: "/webhook/stripe",
      prepare: async () => toWebhook((await payNew(shop)).event),
    },
    {
      name: "onPaymentWritten",
      subject: ours("onPaymentWritten", "cloudevent"),
      kind: "trigger",
      status: 204,
      prepare: async () => {
        const { event, paymentId } = await payNew(shop);
        await shop.deliver(event);
        return toPaymentWritten(paymentId, projectId);
      },
    },
    toScheduled("expireCredits"),
  ];
}

/** All others. */
export function toOtherStarts({ projectId }: World, { uid, paymentId }: Purchase): Start[] {
  const caller = { projectId, uid };
  const admin = { ...caller, admin: true };
  return [
    toCallable("createPortalSession", () => toCall({}, caller)),
    { ...toCallable("cancelSubscription", () => toCall({}, caller)), status: 400 },
    { ...toCallable("resumeSubscription", () => toCall({}, caller)), status: 400 },
    toCallable("refundPayment", () =>
      toCall({ paymentId, amount: 1, requestId: crypto.randomUUID() }, admin),
    ),
    { ...toCallable("runReconciliation", () => toCall({}, admin)), isLong: true },
    { ...toCallable("redriveEvent", () => toCall({ eventId: "evt_unknown" }, admin)), status: 404 },
    toCallable("grantCredits", () =>
      toCall({ userId: uid, amount: 1, key: crypto.randomUUID(), reason: "Benchmark" }, admin),
    ),
    { ...toScheduled("reconcilePayments"), isLong: true },
  ];
}

function toScheduled(name: string): Start {
  return { name, subject: ours(name), kind: "schedule", prepare: toSchedule };
}

function toCallable(name: string, prepare: Start["prepare"]): Start {
  return { name, subject: ours(name), kind: "call", prepare };
}

async function payNew(shop: Shop): Promise<Purchase> {
  const uid = "cold_user";
  return await shop.pay(uid, (await shop.open(uid)).sessionId);
}
