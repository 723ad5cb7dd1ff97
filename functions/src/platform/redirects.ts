import { GatewayError } from "./errors.ts";

/** Where a buyer may be sent after the checkout. */
export interface RedirectSettings {
  frontendUrl: string;
  allowedOrigins: readonly string[];
}

export interface RedirectContext {
  redirects: RedirectSettings;
}

export interface Redirects {
  successUrl: string;
  cancelUrl: string;
}

/**
 * The URLs that the checkout sends the buyer back to: what the caller asked for, else the defaults. Throws
 * `invalid_argument` if an origin is not allowed.
 */
export function toRedirects(
  wanted: { [Field in keyof Redirects]?: Redirects[Field] | undefined },
  settings: RedirectSettings,
): Redirects {
  const successUrl = wanted.successUrl ?? toDefault(settings, "payment-success");
  const cancelUrl = wanted.cancelUrl ?? toDefault(settings, "payment-canceled");
  return {
    successUrl: toAllowedUrl({ field: "successUrl", url: successUrl }, settings),
    cancelUrl: toAllowedUrl({ field: "cancelUrl", url: cancelUrl }, settings),
  };
}

/** Throws `invalid_argument`, with the name of the caller's field, if the URL's origin is not allowed. */
export function toAllowedUrl(wanted: { field: string; url: string }, settings: RedirectSettings): string {
  const { field } = wanted;
  const others = settings.allowedOrigins.map((origin) => parseUrl(origin)?.origin);
  const origins = [requireFrontendUrl(settings).origin, ...others];
  const url = parseUrl(wanted.url);
  if (!url)
    throw new GatewayError(
      "invalid_argument",
      `${field}: Expected an absolute http(s) URL without credentials`,
    );
  if (!origins.includes(url.origin)) {
    throw new GatewayError(
      "invalid_argument",
      `${field}: Origin "${url.origin}" is not allowed, see ALLOWED_REDIRECT_ORIGINS`,
    );
  }
  // The parsed form, so that what was checked is what the browser will see.
  return url.href;
}

function toDefault(settings: RedirectSettings, page: string): string {
  const { origin, pathname } = requireFrontendUrl(settings);
  return `${origin}${pathname.replace(/\/+$/, "")}/${page}`;
}

function requireFrontendUrl({ frontendUrl }: RedirectSettings): URL {
  const url = parseUrl(frontendUrl);
  if (url) return url;
  throw new Error(`Cannot use FRONTEND_URL "${frontendUrl}": not an absolute http(s) URL`);
}

function parseUrl(value: string): URL | undefined {
  const url = URL.parse(value);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  return url.username || url.password ? undefined : url;
}
