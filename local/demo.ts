import { setTimeout as delay } from "node:timers/promises";
import { styleText } from "node:util";
import type { DocumentData } from "firebase/firestore";
import type { FunctionProvider, GatewayResult } from "../client/index.ts";
import { seedCatalogue, SMALL_PACK as PRODUCT } from "./catalogue.ts";
import { signUpBuyer, type BuyerTarget } from "./demo/buyer.ts";
import { findRunningSuite } from "./demo/runningSuite.ts";
import { createInterrupt } from "./interrupt.ts";
import { CARDS, ControlClient } from "./stripe/testing/controlClient.ts";
import { PROJECT_ID, startSuite } from "./suite.ts";

const TIME_LIMIT_MS = 30_000;
const POLL_MS = 100;

type DemoTarget = BuyerTarget & { stripeUrl: string };

const startedAt = performance.now();
let currentStep = "Starting";

try {
  await run(createInterrupt());
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`${styleText("red", "Failed")} at "${currentStep}": ${reason}`);
  process.exitCode = 1;
}

/** Buys from a running `npm start`, or from a suite that lives as long as the demo. */
async function run(signal: AbortSignal): Promise<void> {
  const running = await findRunningSuite();
  if (running) {
    report(`Found "npm start" at ${running.hostingUrl}`);
    await buyInTime(running, signal);
    return;
  }
  console.log("Starting a gateway of its own for the demo …");
  const suite = await startSuite({ projectId: `${PROJECT_ID}-${process.pid}`, ports: "free", signal });
  try {
    await seedCatalogue(suite);
    report(`Gateway ready at ${suite.hostingUrl}`);
    await buyInTime(suite, signal);
  } finally {
    await suite.stop();
  }
}

async function buyInTime(target: DemoTarget, asked: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([asked, AbortSignal.timeout(TIME_LIMIT_MS)]);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const giveUp = (): void =>
    reject(new Error(asked.aborted ? "interrupted" : `no end in ${TIME_LIMIT_MS / 1000} s`));
  signal.addEventListener("abort", giveUp, { once: true });
  await Promise.race([buy(target, signal), ended]);
  report("Done");
}

async function buy(target: DemoTarget, signal: AbortSignal): Promise<void> {
  const buyer = await step("Sign up", () => signUpBuyer(target));
  report(`Signed up as ${buyer.email}`);
  try {
    const checkout = await step("Create the payment session", () =>
      buyer.functionProvider.run("createPaymentSession", { productId: PRODUCT.id }),
    );
    report(`Payment session ${checkout.sessionId}`);
    await step("Open the checkout page", () => requirePage(checkout.url));
    report(`Checkout page ${checkout.url}`);
    await step("Pay", () =>
      new ControlClient(target.stripeUrl).pay(checkout.sessionId, { card: CARDS.good }),
    );
    report(`Paid with the card ending in ${CARDS.good.slice(-4)}`);
    const verified = await step("Verify the payment", () =>
      verifyUntilGranted(buyer.functionProvider, checkout.sessionId, signal),
    );
    report(`Verified: ${verified.amount} ${verified.currency}, credits ${verified.credits}`);
    const subscription = await step("Wait for the credits", () => buyer.waitForCredits());
    report(`Subscription has ${subscription["availableCredits"]} credits`);
    const ledger = await step("Read the ledger", () => buyer.readLedger());
    requireBooked(ledger);
    report(`Ledger ${JSON.stringify(ledger[0], ["type", "delta", "balanceAfter", "cause", "paymentId"])}`);
  } finally {
    await buyer.close();
  }
}

/** The page must be up and show what is bought. */
async function requirePage(url: string): Promise<void> {
  const response = await fetch(url);
  const page = await response.text();
  if (!response.ok) throw new Error(`the page answers ${response.status}`);
  if (!page.includes(PRODUCT.name)) throw new Error(`the page does not show "${PRODUCT.name}"`);
}

async function verifyUntilGranted(
  functionProvider: FunctionProvider,
  sessionId: string,
  signal: AbortSignal,
): Promise<GatewayResult<"verifyPayment">> {
  for (;;) {
    const result = await functionProvider.run("verifyPayment", sessionId);
    if (result.success && result.credits === "granted") return result;
    await delay(POLL_MS, undefined, { signal });
  }
}

function requireBooked(ledger: readonly DocumentData[]): void {
  const booked = ledger.map((entry) => Number(entry["delta"]));
  if (booked.length !== 1 || booked[0] !== PRODUCT.creditsAmount) {
    throw new Error(
      `expected one entry of ${PRODUCT.creditsAmount} credits, found ${JSON.stringify(booked)}`,
    );
  }
}

async function step<Result>(name: string, action: () => Promise<Result>): Promise<Result> {
  currentStep = name;
  return await action();
}

function report(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2).padStart(6);
  console.log(`${styleText("dim", `${seconds} s`)}  ${text}`);
}
