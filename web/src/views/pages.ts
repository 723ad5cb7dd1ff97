import { h } from "../dom.ts";

export function homeIntro(): HTMLElement {
  return h(
    "div",
    { class: "intro" },
    h("h1", {}, "Credits, when you need them"),
    h("p", {}, "Pay once and spend them whenever you like. They arrive the moment your payment does."),
  );
}

export function canceledIntro(): HTMLElement {
  return h(
    "div",
    { class: "intro" },
    h("h1", {}, "Payment canceled"),
    h("p", {}, "You were not charged. Choose again whenever you like."),
  );
}

export function notFoundPage(): HTMLElement {
  return h(
    "div",
    { class: "intro" },
    h("h1", {}, "Page not found"),
    h("p", {}, "There is nothing at this address. ", h("a", { href: "/" }, "Back to the shop")),
  );
}
