import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { html, Html } from "./html.ts";
import { STYLE } from "./style.ts";

/** Written as one piece: the hash in the policy covers every character between the tags. */
const styleElement = new Html(`<style>${STYLE}</style>`);
const styleHash = createHash("sha256").update(STYLE).digest("base64");

const headers = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  // Browsers check form-action for every redirect that follows a form, and the shop may redirect anywhere.
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'`,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Sends a whole page. */
export function sendPage(
  response: ServerResponse,
  status: number,
  { title, body }: { title: string; body: Html },
): void {
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

/** Shows that this is not the real page. */
export const badge = html`<span class="badge">TEST MODE · Local Stripe</span>`;

/** A page with a message and at most one link. */
function messageBody(message: {
  heading: string;
  text: string;
  link?: { href: string; label: string } | undefined;
}): Html {
  return html`<main class="shell">
    <div class="panel message">
      ${badge}
      <h1>${message.heading}</h1>
      <p>${message.text}</p>
      ${message.link && html`<a class="button" href="${message.link.href}">${message.link.label}</a>`}
    </div>
  </main>`;
}

/** Sends a page with a message. */
export function sendMessage(
  response: ServerResponse,
  status: number,
  message: Parameters<typeof messageBody>[0],
): void {
  sendPage(response, status, { title: `${message.heading} · Local Stripe`, body: messageBody(message) });
}

/** Sends the browser on after a form, with GET. */
export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { Location: location, "Cache-Control": "no-store" }).end();
}
