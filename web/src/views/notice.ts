import { h } from "../dom.ts";
import { toErrorMessage } from "../messages.ts";

/** A message about a failure, read out at once, with technical detail for those who need it. */
export function errorNotice(error: unknown): HTMLElement {
  const { text, detail } = toErrorMessage(error);
  return h(
    "div",
    { class: "notice notice-error", role: "alert" },
    h("p", {}, text),
    detail !== undefined && h("p", { class: "detail" }, detail),
  );
}

export function hint(text: string): HTMLElement {
  return h("p", { class: "notice", role: "status" }, text);
}

export function loading(text: string): HTMLElement {
  return h("p", { class: "loading" }, text);
}
