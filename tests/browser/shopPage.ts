import type { BrowserContext, Locator, Page } from "playwright-core";

/** A test card's number, and what the other fields of the checkout page are given. */
export const cards = { pays: "4242 4242 4242 4242", insufficientFunds: "4000 0000 0000 9995" } as const;

const PASSWORD = "correct horse battery staple";

/** Opens the shop in a new page and signs up as somebody new. */
export async function signUp(context: BrowserContext, hostingUrl: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(hostingUrl);
  await page.getByRole("button", { name: "Sign up" }).click();
  await fillSignIn(page, { email: `buyer-${crypto.randomUUID()}@example.com`, password: PASSWORD });
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return page;
}

export async function fillSignIn(page: Page, account: { email: string; password: string }): Promise<void> {
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
}

/** The product's Buy button. */
export function buyButton(page: Page, product: string): Locator {
  return page.getByRole("article", { name: product, exact: true }).getByRole("button", { name: "Buy" });
}

/** Buys and waits for the checkout page. Returns the session's id. */
export async function openCheckout(page: Page, { product, stripeUrl }: Checkout): Promise<string> {
  await buyButton(page, product).click();
  await page.waitForURL((url) => url.origin === new URL(stripeUrl).origin);
  return requireSessionId(page.url());
}

interface Checkout {
  product: string;
  stripeUrl: string;
}

/** Fills in the checkout page's form and sends it. */
export async function payByCard(page: Page, number: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry").fill("12 / 34");
  await page.getByLabel("CVC").fill("123");
  await page.getByLabel("Name on card").fill("Ada Lovelace");
  await page.getByRole("button", { name: /^Pay/ }).click();
}

/** The balance in the shop, as it is read out. */
export function balance(page: Page): Locator {
  return page.getByRole("region", { name: "Available credits" }).getByRole("status");
}

function requireSessionId(url: string): string {
  const [sessionId] = /cs_\w+/.exec(url) ?? [];
  if (sessionId === undefined) throw new Error(`Cannot find a session id in "${url}"`);
  return sessionId;
}
