import { onAuthStateChanged, signOut, type User } from "firebase/auth";
import { emptyAccount, watchAccount, type Account } from "./account.ts";
import { connectBackend, type Backend } from "./backend.ts";
import { h, requireElement, show } from "./dom.ts";
import { readHostingConfig } from "./hosting.ts";
import { watchProducts, type Catalogue } from "./products.ts";
import { createStore, type Store } from "./store.ts";
import { accountView } from "./views/account.ts";
import { errorNotice } from "./views/notice.ts";
import { canceledIntro, homeIntro, notFoundPage } from "./views/pages.ts";
import { paymentResultView } from "./views/paymentResult.ts";
import { shopView } from "./views/shop.ts";
import { signInCard } from "./views/signIn.ts";

const stage = requireElement("stage");

try {
  start(connectBackend(await readHostingConfig()));
} catch (error) {
  show(stage, errorNotice(error));
}

function start(backend: Backend): void {
  const { auth, db } = backend;
  /** Undefined until the browser's stored sign-in is read. */
  const user = createStore<User | null | undefined>(undefined);
  const account = createStore<Account>(emptyAccount);
  const catalogue = createStore<Catalogue>("loading");
  const signIn = signInCard(auth);
  const accountCards = accountView(account, catalogue);
  const shop = (): HTMLElement => shopView({ backend, catalogue, askToSignIn: signIn.ask });
  const sessionId = new URLSearchParams(location.search).get("session_id");

  const pages: Record<string, () => { title: string; parts: HTMLElement[] }> = {
    "/": () => ({ title: "Gateway", parts: [homeIntro(), shop()] }),
    "/payment-canceled": () => ({ title: "Payment canceled", parts: [canceledIntro(), shop()] }),
    "/payment-success": () => ({
      title: "Your payment",
      parts: [paymentResultView({ backend, user, account, sessionId })],
    }),
  };
  const page = pages[location.pathname]?.() ?? { title: "Page not found", parts: [notFoundPage()] };
  document.title = page.title === "Gateway" ? page.title : `${page.title} · Gateway`;
  show(stage, ...page.parts);

  watchProducts(db, catalogue);
  let stopAccount: (() => void) | undefined;
  onAuthStateChanged(auth, (current) => {
    stopAccount?.();
    stopAccount = current ? watchAccount(db, current.uid, account) : undefined;
    user.set(current);
  });
  mountAccountArea({ backend, user, signIn: signIn.element, accountCards });
  if (backend.local) {
    show(
      requireElement("footer"),
      h("p", {}, "Running on local emulators: no real money, no real accounts."),
    );
  }
}

interface AccountArea {
  backend: Backend;
  user: Store<User | null | undefined>;
  signIn: HTMLElement;
  accountCards: readonly HTMLElement[];
}

/** Shows the account or the sign-in form. After signing in or out the focus is there, not at the top of the page. */
function mountAccountArea({ backend, user, signIn, accountCards }: AccountArea): void {
  let known = false;
  user.subscribe((current) => {
    if (current === undefined) return;
    show(requireElement("user-menu"), ...(current ? userMenu(backend, current) : []));
    show(requireElement("account"), ...(current ? accountCards : [signIn]));
    if (known) (current ? accountCards[0] : requireElement("main"))?.focus();
    known = true;
  });
}

function userMenu({ auth }: Backend, { email }: User): HTMLElement[] {
  return [
    h("span", { class: "user-email" }, email ?? ""),
    h("button", { class: "button-quiet", type: "button", onclick: () => void signOut(auth) }, "Sign out"),
  ];
}
