import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { seedCatalogue, SMALL_PACK } from "../../local/catalogue.ts";
import { control, stripe, suite, toId } from "../kit/suite/harness.ts";
import { launchBrowser } from "./browser.ts";
import { balance, buyButton, cards, fillSignIn, openCheckout, payByCard, signUp } from "./shopPage.ts";

const { hostingUrl, stripeUrl } = suite;
const patience = { timeout: 20_000 };
const smallPack = { product: SMALL_PACK.name, stripeUrl };

let browser: Browser;
let context: BrowserContext;
/** What went wrong in the pages of one test. */
let pageErrors: Error[];

beforeAll(async () => {
  await seedCatalogue(suite);
  browser = await launchBrowser();
});

beforeEach(async () => {
  pageErrors = [];
  context = await openContext();
});

afterEach(async () => {
  await context.close();
  if (pageErrors.length > 0) throw new AggregateError(pageErrors, "The page threw");
});

afterAll(() => browser.close());

describe("a purchase in the browser", () => {
  it("brings the credits live, on the page returned to and on another one", async () => {
    const page = await signUp(context, hostingUrl);
    await expect.poll(() => balance(page).textContent(), patience).toBe("0 credits");
    const other = await context.newPage();
    await other.goto(hostingUrl);
    await expect.poll(() => balance(other).textContent(), patience).toBe("0 credits");

    const sessionId = await openCheckout(page, smallPack);
    await payByCard(page, cards.pays);

    await page.getByRole("heading", { name: "Payment complete" }).waitFor();
    await page.getByText("100 credits were added to your balance").waitFor();
    expect(new URL(page.url()).searchParams.get("session_id")).toBe(sessionId);
    await expect.poll(() => balance(page).textContent(), patience).toBe("100 credits");
    await expect.poll(() => balance(other).textContent(), patience).toBe("100 credits");
    const history = other.getByRole("region", { name: "History" }).getByRole("listitem");
    await history.filter({ hasText: "Credits bought" }).filter({ hasText: "+100" }).waitFor();
    await history.filter({ hasText: SMALL_PACK.name }).filter({ hasText: "$5.00" }).waitFor();
    await history.filter({ hasText: "Succeeded" }).waitFor();
    expect(await history.count()).toBe(2);
  });

  it("opens one session for a double click", async () => {
    const page = await signUp(context, hostingUrl);
    const calls = recordCalls(page);
    await buyButton(page, SMALL_PACK.name).dblclick();
    await page.waitForURL((url) => url.origin === stripeUrl);
    expect(calls).toHaveLength(1);
  });

  it("survives a declined card, which may be retried", async () => {
    const page = await signUp(context, hostingUrl);
    await openCheckout(page, smallPack);

    await payByCard(page, cards.insufficientFunds);
    await page.getByRole("alert").filter({ hasText: "insufficient funds" }).waitFor();
    expect(new URL(page.url()).origin).toBe(stripeUrl);

    await payByCard(page, cards.pays);
    await page.getByRole("heading", { name: "Payment complete" }).waitFor();
    await expect.poll(() => balance(page).textContent(), patience).toBe("100 credits");
  });

  it("can be canceled", async () => {
    const page = await signUp(context, hostingUrl);
    await openCheckout(page, smallPack);
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.waitForURL(`${hostingUrl}/payment-canceled`);
    await page.getByRole("heading", { name: "Payment canceled" }).waitFor();
    await expect.poll(() => balance(page).textContent(), patience).toBe("0 credits");
    expect(await buyButton(page, SMALL_PACK.name).isEnabled()).toBe(true);
  });

  it("is paid without JavaScript, after a decline", async () => {
    const page = await signUp(context, hostingUrl);
    const sessionId = await openCheckout(page, smallPack);
    const plainContext = await openContext({ javaScriptEnabled: false });
    const plain = await plainContext.newPage();
    await plain.goto(page.url());

    await payByCard(plain, cards.insufficientFunds);
    await plain.getByRole("alert").filter({ hasText: "insufficient funds" }).waitFor();
    await payByCard(plain, cards.pays);
    await plain.waitForURL(`${hostingUrl}/payment-success?session_id=${sessionId}`);
    await plainContext.close();

    await page.goto(hostingUrl);
    await expect.poll(() => balance(page).textContent(), patience).toBe("100 credits");
  });

  it("waits for a bank debit, and notices without a reload when it clears", async () => {
    const page = await signUp(context, hostingUrl);
    const sessionId = await openCheckout(page, smallPack);
    await page.getByLabel("Bank debit").check();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("heading", { name: "Payment is processing" }).waitFor();
    await expect.poll(() => balance(page).textContent(), patience).toBe("0 credits");

    await settle(sessionId);

    await page.getByRole("heading", { name: "Payment complete" }).waitFor();
    await expect.poll(() => balance(page).textContent(), patience).toBe("100 credits");
  });
});

describe("the shop", () => {
  it("formats a price without minor units", async () => {
    const page = await context.newPage();
    await page.goto(hostingUrl);
    const product = page.getByRole("article", { name: "Small credit pack (Japan)" });
    await expect.poll(() => product.textContent(), patience).toContain("¥700Buy");
  });

  it("asks who buys, and does not call the function before", async () => {
    const page = await context.newPage();
    const calls = recordCalls(page);
    await page.goto(hostingUrl);
    await buyButton(page, SMALL_PACK.name).click();
    await page.getByText("Sign in or create an account to buy").waitFor();
    expect(await page.getByLabel("E-mail").evaluate((input) => input === document.activeElement)).toBe(true);
    expect(calls).toEqual([]);
  });

  it("says that the shop cannot be reached, and lets one try again", async () => {
    const page = await signUp(context, hostingUrl);
    await page.route("**/createPaymentSession", (route) => route.abort());
    await buyButton(page, SMALL_PACK.name).click();
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.textContent(), patience).toContain("We cannot reach the shop");

    await page.unroute("**/createPaymentSession");
    await openCheckout(page, smallPack);
    expect(new URL(page.url()).origin).toBe(stripeUrl);
  });

  it("says that e-mail and password do not match", async () => {
    const page = await context.newPage();
    await page.goto(hostingUrl);
    await fillSignIn(page, { email: "nobody@example.com", password: "wrong password" });
    await page.locator("form").getByRole("button", { name: "Sign in" }).click();
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.textContent(), patience).toContain("E-mail and password do not match");
  });

  it("moves the focus to the account on signing up, and forgets it on signing out", async () => {
    const page = await signUp(context, hostingUrl);
    const card = page.getByRole("region", { name: "Available credits" });
    expect(await card.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    expect(await balance(page).count()).toBe(0);
    expect(await page.locator("form").getByRole("button").isEnabled()).toBe(true);
  });

  it("does not show a session of somebody else", async () => {
    const seller = await signUp(context, hostingUrl);
    const sessionId = await openCheckout(seller, smallPack);
    const strangersContext = await openContext();
    const stranger = await signUp(strangersContext, hostingUrl);
    await stranger.goto(`${hostingUrl}/payment-success?session_id=${sessionId}`);
    const alert = stranger.getByRole("alert");
    await expect.poll(() => alert.textContent(), patience).toContain("We cannot find this");
    await strangersContext.close();
  });

  it("shows its own page for an unknown address", async () => {
    const page = await context.newPage();
    const response = await page.goto(`${hostingUrl}/nowhere`);
    expect(response?.status()).toBe(404);
    await page.getByRole("heading", { name: "Page not found" }).waitFor();
  });
});

async function openContext(options: { javaScriptEnabled?: boolean } = {}): Promise<BrowserContext> {
  const opened = await browser.newContext({ ...options, locale: "en-US" });
  opened.setDefaultTimeout(patience.timeout);
  opened.on("weberror", (error) => pageErrors.push(error.error()));
  return opened;
}

/** The calls of createPaymentSession from now on. */
function recordCalls(page: Page): string[] {
  const calls: string[] = [];
  page.on("request", (request) => {
    const opens = request.method() === "POST" && request.url().endsWith("/createPaymentSession");
    if (opens) calls.push(request.url());
  });
  return calls;
}

/** Lets the bank debit of a checkout arrive. */
async function settle(sessionId: string): Promise<void> {
  const { payment_intent } = await stripe.checkout.sessions.retrieve(sessionId);
  await control.settle(toId(payment_intent), "succeeded");
}
