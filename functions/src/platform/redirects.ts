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
  const frontendUrl = parseUrl(settings.frontendUrl);
  if (!frontendUrl)
    throw new Error(`Cannot use FRONTEND_URL "${settings.frontendUrl}": not an absolute http(s) URL`);
  const origins = [frontendUrl.origin, ...settings.allowedOrigins.map((origin) => parseUrl(origin)?.origin)];
  return {
    successUrl: toAllowed(
      "successUrl",
      wanted.successUrl ?? toDefault(frontendUrl, "payment-success"),
      origins,
    ),
    cancelUrl: toAllowed(
      "cancelUrl",
      wanted.cancelUrl ?? toDefault(frontendUrl, "payment-canceled"),
      origins,
    ),
  };
}

function toDefault(frontendUrl: URL, page: string): string {
  return `${frontendUrl.origin}${frontendUrl.pathname.replace(/\/+$/, "")}/${page}`;
}

function toAllowed(field: string, value: string, origins: readonly (string | undefined)[]): string {
  const url = parseUrl(value);
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

function parseUrl(value: string): URL | undefined {
  const url = URL.parse(value);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  return url.username || url.password ? undefined : url;
}
