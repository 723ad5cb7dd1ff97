type Attribute = string | boolean | ((event: Event) => void) | undefined;
type Child = Node | string | undefined | false;

/** Builds an element. Functions become listeners (`onclick`); `false` and `undefined` are left out; text is never HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** @throws Error if the page has no such element. */
export function requireElement(id: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(`#${id}`);
  if (!element) throw new Error(`Cannot find element "${id}"`);
  return element;
}

/** Shows an element with other content; without any, hides it. */
export function show(element: HTMLElement, ...children: readonly Child[]): void {
  const given = children.filter((child) => child !== undefined && child !== false);
  element.replaceChildren(...given);
  element.hidden = given.length === 0;
}
