import type { User } from "firebase/auth";
import type { Account } from "../account.ts";
import type { Backend } from "../backend.ts";
import { h, show } from "../dom.ts";
import { formatCredits, formatMoney, formatNumber } from "../format.ts";
import type { Store } from "../store.ts";
import { followPayment, type Verification } from "../verification.ts";
import { errorNotice, loading } from "./notice.ts";

interface Result {
  tone: "good" | "waiting" | "bad";
  title: string;
  text: string;
}

const uncharged = "You were not charged. You can go back and try again.";
const bankHasIt =
  "Your bank has not confirmed the payment yet. With a bank debit this can take several days. Your credits arrive by themselves.";

const results: Record<Verification["status"], Result> = {
  created: {
    tone: "bad",
    title: "Not paid yet",
    text: "This checkout was opened, but not paid. You were not charged.",
  },
  expired: { tone: "bad", title: "Checkout expired", text: uncharged },
  processing: { tone: "waiting", title: "Payment is processing", text: bankHasIt },
  pending: { tone: "waiting", title: "Payment is processing", text: bankHasIt },
  completed: { tone: "waiting", title: "Checkout complete", text: "We are waiting for the payment." },
  failed: { tone: "bad", title: "Payment failed", text: `The payment did not go through. ${uncharged}` },
  canceled: { tone: "bad", title: "Payment canceled", text: uncharged },
  succeeded: { tone: "good", title: "Payment complete", text: "" },
  partially_refunded: {
    tone: "good",
    title: "Partially refunded",
    text: "A part of this payment was refunded.",
  },
  refunded: {
    tone: "bad",
    title: "Refunded",
    text: "This payment was refunded, and its credits taken back.",
  },
  disputed: {
    tone: "waiting",
    title: "Payment disputed",
    text: "Your credits are held until it is decided.",
  },
  charged_back: {
    tone: "bad",
    title: "Charged back",
    text: "This payment was taken back, and its credits, too.",
  },
};

export interface PaymentResultOptions {
  backend: Backend;
  user: Store<User | null | undefined>;
  account: Store<Account>;
  sessionId: string | null;
}

/** The page a buyer comes back to: how the payment stands, until the credits are there. */
export function paymentResultView({ backend, user, account, sessionId }: PaymentResultOptions): HTMLElement {
  const content = h("div", { "aria-live": "polite" });
  let followed: string | undefined;

  async function follow(uid: string, id: string): Promise<void> {
    show(content, loading("Checking your payment…"));
    try {
      await followPayment({
        sessionId: id,
        functionProvider: backend.functionProvider,
        account,
        onAnswer: (verification, { late }) => {
          if (followed === uid) show(content, resultCard(verification, late));
        },
      });
    } catch (error) {
      if (followed !== uid) return;
      const again = h(
        "button",
        { class: "button", type: "button", onclick: () => void follow(uid, id) },
        "Check again",
      );
      show(
        content,
        h("div", { class: "card result" }, h("h1", {}, "Your payment"), errorNotice(error), again),
      );
    }
  }

  user.subscribe((current) => {
    if (sessionId === null)
      return show(content, plainCard("No payment here", "This address names no checkout."));
    if (current === undefined) return show(content, loading("Checking your payment…"));
    if (current === null) {
      followed = undefined;
      return show(content, plainCard("Your payment", "Sign in to see how your payment stands."));
    }
    if (followed === current.uid) return undefined;
    followed = current.uid;
    return void follow(current.uid, sessionId);
  });
  return h("section", {}, content, h("p", {}, h("a", { href: "/" }, "Back to the shop")));
}

function resultCard(verification: Verification, late: boolean): HTMLElement {
  const { tone, title, text } = toResult(verification, late);
  const { amount, currency, creditsAmount } = verification;
  return h(
    "div",
    { class: `card result result-${tone}` },
    h("span", { class: "mark", "aria-hidden": "true" }),
    h("h1", {}, title),
    h("p", {}, text),
    h(
      "dl",
      {},
      h("div", {}, h("dt", {}, "Amount"), h("dd", {}, formatMoney(amount, currency))),
      h("div", {}, h("dt", {}, "Credits"), h("dd", {}, formatNumber(creditsAmount))),
    ),
  );
}

function toResult({ status, credits, creditsAmount }: Verification, late: boolean): Result {
  const result = results[status];
  if (status !== "succeeded") return result;
  if (credits === "granted")
    return { ...result, text: `${formatCredits(creditsAmount)} were added to your balance.` };
  if (credits === "none") return { ...result, text: "This purchase came without credits." };
  const text = late
    ? "Your credits take longer than usual. You may close this page: they arrive by themselves."
    : "Your credits are on their way…";
  return { tone: "waiting", title: "Payment received", text };
}

function plainCard(title: string, text: string): HTMLElement {
  return h("div", { class: "card result" }, h("h1", {}, title), h("p", {}, text));
}
