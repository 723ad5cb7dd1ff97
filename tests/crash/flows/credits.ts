import {
  captureHold,
  grantCredits,
  holdCredits,
  releaseHold,
  spendCredits,
} from "../../../functions/src/credits/credits.ts";
import { sweepExpired } from "../../../functions/src/credits/sweep.ts";
import type { Process } from "../process.ts";
import { NOTHING, type Flow, type Scene } from "../scene.ts";
import type { Buyer, Stage } from "../stage.ts";

const reason = "For a test";

/** What an app and its admins do with credits. Every key stands for one thing that is done once. */
export const credits: readonly Flow[] = [
  {
    name: "grantCredits",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      return toScene(buyer, { credits: 100, entries: 1 }, async (process) => await grant(process, buyer));
    },
  },
  {
    name: "spendCredits",
    begin: async (stage) => {
      const buyer = await toGranted(stage);
      const input = { userId: buyer.userId, amount: 30, key: "picture", reason };
      const spend = async ({ context }: Process) => await spendCredits(context, input);
      return toScene(buyer, { credits: 70, entries: 2 }, spend);
    },
  },
  {
    name: "holdCredits",
    begin: async (stage) => {
      const buyer = await toGranted(stage);
      return toScene(buyer, { credits: 60, entries: 1 }, async (process) => await hold(process, buyer));
    },
  },
  {
    name: "captureHold",
    begin: async (stage) => {
      const buyer = await toGranted(stage);
      await hold(stage.healthy, buyer);
      const input = { userId: buyer.userId, key: "job", amount: 25 };
      const capture = async ({ context }: Process) => await captureHold(context, input);
      return toScene(buyer, { credits: 75, entries: 2 }, capture);
    },
  },
  {
    name: "releaseHold",
    begin: async (stage) => {
      const buyer = await toGranted(stage);
      await hold(stage.healthy, buyer);
      const input = { userId: buyer.userId, key: "job" };
      const release = async ({ context }: Process) => await releaseHold(context, input);
      return toScene(buyer, { credits: 100, entries: 1 }, release);
    },
  },
  {
    name: "expireCredits",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const expiresAt = new Date(stage.world.now().getTime() + 60_000);
      await grant(stage.healthy, buyer, { expiresAt });
      await stage.world.advance(2);
      return toScene(buyer, { credits: 0, entries: 2 }, sweep);
    },
  },
];

function toScene(
  buyer: Buyer,
  account: { credits: number; entries: number },
  run: (process: Process) => Promise<unknown>,
): Scene {
  return { run, books: [{ buyer, expected: { ...NOTHING, ...account } }] };
}

/** A user with 100 credits. */
async function toGranted(stage: Stage): Promise<Buyer> {
  const buyer = stage.newBuyer();
  await grant(stage.healthy, buyer);
  return buyer;
}

async function grant({ context }: Process, { userId }: Buyer, options: { expiresAt?: Date } = {}) {
  const key = `welcome-${userId}`;
  return await grantCredits(context, { userId, amount: 100, key, reason, grantedBy: "root", ...options });
}

async function sweep({ context }: Process) {
  return await sweepExpired({ ...context, fraudFreezeDays: 30 });
}

async function hold({ context }: Process, { userId }: Buyer) {
  return await holdCredits(context, { userId, key: "job", amount: 40, reason, expiresInSeconds: 3_600 });
}
