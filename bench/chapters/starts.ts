import { toCallBy, toPaymentWritten, toSchedule, toWebhook } from "../../tests/kit/hosting/requests.ts";
import type { Message } from "../../tests/kit/hosting/send.ts";
import {
  toDeployed,
  type FunctionName,
  type FunctionSource,
} from "../../tests/kit/hosting/functionProcess.ts";
import type { Purchase, Shop } from "../shop.ts";
import type { Backend } from "../backend/backend.ts";
import { createFloor, type FloorKind } from "./floors.ts";

/** A function and the first request that it is asked. */
export interface Start {
  readonly name: string;
  readonly source: FunctionSource;
  readonly kind: FloorKind;
  readonly path?: string;
  /** The answer's; 200 when absent. */
  readonly status?: number;
  /** Its work takes far longer than one read, so that its first answer is not compared with one. */
  readonly isLong?: boolean;
  /** Made before the process is started. */
  readonly prepare: () => Promise<Message> | Message;
}

/** The bare functions, each of which reads one document. */
export function toFloorStarts({ projectId }: Backend): Start[] {
  const caller = { projectId, userId: "cold_user" };
  const toStart = (kind: FloorKind, rest: Omit<Start, "name" | "source" | "kind">): Start => ({
    name: `bare ${kind}`,
    source: createFloor(kind),
    kind,
    ...rest,
  });
  return [
    toStart("call", { prepare: () => toCallBy({}, caller) }),
    toStart("request", { prepare: () => toCallBy({}, caller) }),
    toStart("schedule", { prepare: toSchedule }),
    toStart("trigger", { status: 204, prepare: () => toPaymentWritten("floor", projectId) }),
  ];
}

/** The functions of a purchase, with a first request that does all of their work. */
export function toMainStarts(backend: Backend, shop: Shop, bought: Purchase): Start[] {
  const { projectId } = backend;
  const caller = { projectId, userId: bought.uid };
  return [
    toCallable("createPaymentSession", () => toCallBy({ productId: shop.productId }, caller)),
    toCallable("verifyPayment", () => toCallBy(bought.sessionId, caller)),
    {
      name: "gateway",
      source: toDeployed("gateway"),
      kind: "request",
      path: "/webhook/stripe",
      prepare: async () => toWebhook((await payNew(shop)).event),
    },
    {
      name: "onPaymentWritten",
      source: toDeployed("onPaymentWritten"),
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
export function toOtherStarts({ projectId }: Backend, { uid, paymentId }: Purchase): Start[] {
  const caller = { projectId, userId: uid };
  const admin = { ...caller, admin: true };
  return [
    toCallable("createPortalSession", () => toCallBy({}, caller)),
    { ...toCallable("cancelSubscription", () => toCallBy({}, caller)), status: 400 },
    { ...toCallable("resumeSubscription", () => toCallBy({}, caller)), status: 400 },
    toCallable("refundPayment", () =>
      toCallBy({ paymentId, amount: 1, requestId: crypto.randomUUID() }, admin),
    ),
    { ...toCallable("runReconciliation", () => toCallBy({}, admin)), isLong: true },
    toCallable("gatewayAdmin", () =>
      toCallBy({ action: "readUser", userId: uid, reason: "Benchmark" }, admin),
    ),
    { ...toCallable("redriveEvent", () => toCallBy({ eventId: "evt_unknown" }, admin)), status: 404 },
    toCallable("grantCredits", () =>
      toCallBy({ userId: uid, amount: 1, key: crypto.randomUUID(), reason: "Benchmark" }, admin),
    ),
    { ...toScheduled("reconcilePayments"), isLong: true },
  ];
}

function toScheduled(name: FunctionName): Start {
  return { name, source: toDeployed(name), kind: "schedule", prepare: toSchedule };
}

function toCallable(name: FunctionName, prepare: Start["prepare"]): Start {
  return { name, source: toDeployed(name), kind: "call", prepare };
}

async function payNew(shop: Shop): Promise<Purchase> {
  const uid = "cold_user";
  return await shop.pay(uid, (await shop.open(uid)).sessionId);
}
