import type { Backend } from "../backend.ts";
import { h, show } from "../dom.ts";
import type { Catalogue, Price, Product } from "../products.ts";
import type { Store } from "../store.ts";
import { errorNotice, loading } from "./notice.ts";
import { productCard, type ProductCard } from "./productCard.ts";

export interface ShopOptions {
  backend: Backend;
  catalogue: Store<Catalogue>;
  /** Called instead of buying while nobody is signed in. */
  askToSignIn: (reason: string) => void;
}

/** The products, and the way from a click on Buy to the provider's page. */
export function shopView({ backend, catalogue, askToSignIn }: ShopOptions): HTMLElement {
  const grid = h("div", { class: "products" });
  let cards: readonly ProductCard[] = [];
  let buying = false;

  function render(products: Catalogue): void {
    if (buying) return;
    cards = [];
    if (products === "loading") return show(grid, loading("Loading products…"));
    if (products === "failed") return show(grid, errorNotice(new Error("Cannot read the products")));
    if (products.length === 0) return show(grid, h("p", { class: "empty" }, "There is nothing on sale yet."));
    cards = products.map((product) => {
      const card = productCard(product, (price) => void buy(card, product, price));
      return card;
    });
    return show(grid, ...cards.map(({ element }) => element));
  }

  /** Locked from the click until the page is left: a double click opens one checkout. */
  async function buy(card: ProductCard, product: Product, price: Price): Promise<void> {
    if (!backend.auth.currentUser) return askToSignIn("Sign in or create an account to buy.");
    if (buying) return;
    lock(card);
    try {
      const { url } = await backend.functionProvider.run("createPaymentSession", {
        productId: product.productId,
        priceId: price.priceId,
        requestId: crypto.randomUUID(),
      });
      location.assign(url);
    } catch (error) {
      unlock();
      show(card.notices, errorNotice(error));
    }
  }

  function lock(chosen: ProductCard): void {
    buying = true;
    for (const card of cards) {
      card.setState(card === chosen ? "buying" : "locked");
      show(card.notices);
    }
  }

  function unlock(): void {
    buying = false;
    for (const card of cards) card.setState("ready");
  }

  catalogue.subscribe(render);
  // Coming back from the provider's page, the browser may show this page as it was left.
  addEventListener("pageshow", unlock);
  return h(
    "section",
    { "aria-labelledby": "products-title" },
    h("h2", { id: "products-title" }, "Products"),
    grid,
  );
}
