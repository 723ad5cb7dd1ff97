import { describe, expect, it } from "vitest";
import { GatewayError } from "./errors.ts";
import { toAllowedUrl, toRedirects, type RedirectSettings } from "./redirects.ts";

function settings(overrides: Partial<RedirectSettings> = {}): RedirectSettings {
  return { frontendUrl: "https://app.example", allowedOrigins: [], ...overrides };
}

function refusalOf(work: () => unknown): GatewayError {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("Expected a refusal");
}

function refusalOfReturnUrl(url: string): GatewayError {
  return refusalOf(() => toAllowedUrl({ field: "returnUrl", url }, settings()));
}

describe("toRedirects", () => {
  it.each([
    ["https://app.example", "https://app.example/payment-success"],
    ["https://app.example/", "https://app.example/payment-success"],
    ["https://app.example/shop", "https://app.example/shop/payment-success"],
    ["https://app.example/shop//", "https://app.example/shop/payment-success"],
    ["https://app.example/shop?campaign=x#top", "https://app.example/shop/payment-success"],
    ["https://APP.example:443", "https://app.example/payment-success"],
    ["http://localhost:5000", "http://localhost:5000/payment-success"],
    ["http://127.0.0.1:5000/", "http://127.0.0.1:5000/payment-success"],
    ["https://bücher.example", "https://xn--bcher-kva.example/payment-success"],
  ])("defaults, with FRONTEND_URL %s, to its pages", (frontendUrl, successUrl) => {
    expect(toRedirects({}, settings({ frontendUrl }))).toEqual({
      successUrl,
      cancelUrl: successUrl.replace("payment-success", "payment-canceled"),
    });
  });

  it.each([
    "",
    "app.example",
    "//app.example",
    "ftp://app.example",
    "https://",
    "https://user:pw@app.example",
  ])("fails, rather than guesses, with FRONTEND_URL %j", (frontendUrl) => {
    const work = () => toRedirects({ successUrl: "https://app.example/" }, settings({ frontendUrl }));
    expect(work).toThrow("Cannot use FRONTEND_URL");
    expect(work).not.toThrow(GatewayError);
  });

  it.each([
    ["a page with a query and a fragment", "https://app.example/a?b=c#d", "https://app.example/a?b=c#d"],
    ["an origin in capitals", "HTTPS://APP.EXAMPLE/Done", "https://app.example/Done"],
    ["the scheme's own port", "https://app.example:443/done", "https://app.example/done"],
    ["blanks around it", "  https://app.example/done\n", "https://app.example/done"],
    ["a tab inside, which browsers drop", "https://app.ex\tample/done", "https://app.example/done"],
    ["a backslash in the path", "https://app.example\\@evil.example", "https://app.example/@evil.example"],
    [
      "a foreign address as parameter",
      "https://app.example/?u=//evil.example",
      "https://app.example/?u=//evil.example",
    ],
    ["dot segments", "https://app.example/a/../../done", "https://app.example/done"],
    ["an encoded letter in the host", "https://%61pp.example/done", "https://app.example/done"],
  ])("allows %s, in its parsed form", (_name, successUrl, expected) => {
    expect(toRedirects({ successUrl }, settings()).successUrl).toBe(expected);
  });

  it.each([
    ["a relative path", "/done"],
    ["nothing", ""],
    ["a protocol-relative address", "//evil.example/done"],
    ["a bare host", "app.example/done"],
    ["javascript:", "javascript:alert(1)//https://app.example"],
    ["javascript: with a break", "java\nscript:alert(1)"],
    ["data:", "data:text/html,<script>alert(1)</script>"],
    ["blob: of the right origin", "blob:https://app.example/0a0a0a0a"],
    ["file:", "file:///etc/passwd"],
    ["ftp: of the right host", "ftp://app.example/done"],
    ["an app's own scheme", "myapp://app.example/done"],
    ["an encoded scheme", "https%3A%2F%2Fapp.example"],
    ["a user name", "https://user@app.example/done"],
    ["a user name and password", "https://user:pw@app.example/done"],
    ["a password alone", "https://:pw@app.example/done"],
    ["the right host as user name", "https://app.example@evil.example/done"],
    ["the right host as user name, encoded", "https://app.example%40:x@evil.example/done"],
    ["an encoded nothing in the host", "https://app.example%00.evil.example/"],
  ])("refuses %s", (_name, successUrl) => {
    const refusal = refusalOf(() => toRedirects({ successUrl }, settings()));
    expect(refusal).toMatchObject({
      code: "invalid_argument",
      message: "successUrl: Expected an absolute http(s) URL without credentials",
    });
  });

  it.each([
    ["another site", "https://evil.example/done"],
    ["a subdomain", "https://x.app.example/done"],
    ["the parent domain", "https://example/done"],
    ["a longer host", "https://app.example.evil.example/done"],
    ["a longer host, encoded", "https://app.example%2eevil.example/done"],
    ["a host that only ends alike", "https://evilapp.example/done"],
    ["a trailing dot", "https://app.example./done"],
    ["another port", "https://app.example:8443/done"],
    ["plain http", "http://app.example/done"],
    ["http on the port of https", "http://app.example:443/done"],
    ["a Cyrillic look-alike", "https://аpp.example/done"],
    ["that look-alike in Punycode", "https://xn--pp-7kc.example/done"],
    ["backslashes for slashes", "https:\\\\evil.example\\app.example"],
    ["a slash too few", "https:/evil.example/app.example"],
    ["slashes too many", "https:////evil.example"],
    ["an IPv6 address", "https://[::1]/app.example"],
    ["an address as one number", "https://2130706433/app.example"],
  ])("refuses %s as not allowed", (_name, cancelUrl) => {
    const refusal = refusalOf(() => toRedirects({ cancelUrl }, settings()));
    expect(refusal.code).toBe("invalid_argument");
    expect(refusal.message).toMatch(
      /^cancelUrl: Origin "https?:\/\/[^"]+" is not allowed, see ALLOWED_REDIRECT_ORIGINS$/,
    );
  });

  it("takes each address on its own", () => {
    const wanted = { cancelUrl: "https://app.example/back" };
    expect(toRedirects(wanted, settings())).toEqual({
      successUrl: "https://app.example/payment-success",
      cancelUrl: "https://app.example/back",
    });
  });

  it.each([
    ["an origin", "https://admin.example"],
    ["an origin with slash", "https://admin.example/"],
    ["an origin with a path, which does not count", "https://admin.example/only/here"],
    ["an origin with its port", "https://admin.example:443"],
  ])("allows further origins, given as %s", (_name, origin) => {
    const wanted = { successUrl: "https://admin.example/done" };
    expect(toRedirects(wanted, settings({ allowedOrigins: [origin] })).successUrl).toBe(wanted.successUrl);
  });

  it.each(["*", "admin.example", "https://*.example", "null", "javascript:", "http://admin.example"])(
    "allows nothing more for the further origin %j",
    (origin) => {
      for (const successUrl of ["https://admin.example/done", "javascript:alert(1)"]) {
        const refusal = refusalOf(() => toRedirects({ successUrl }, settings({ allowedOrigins: [origin] })));
        expect(refusal.code).toBe("invalid_argument");
      }
    },
  );
});

describe("toAllowedUrl", () => {
  it("returns a URL of an allowed origin in its parsed form", () => {
    const wanted = { field: "returnUrl", url: "https://APP.example:443/account" };
    expect(toAllowedUrl(wanted, settings())).toBe("https://app.example/account");
  });

  it("names the field it was given in a refusal", () => {
    expect(refusalOfReturnUrl("/account")).toMatchObject({
      code: "invalid_argument",
      message: "returnUrl: Expected an absolute http(s) URL without credentials",
    });
    expect(refusalOfReturnUrl("https://evil.example/")).toMatchObject({
      code: "invalid_argument",
      message: 'returnUrl: Origin "https://evil.example" is not allowed, see ALLOWED_REDIRECT_ORIGINS',
    });
  });

  it("fails, rather than guesses, with a FRONTEND_URL that is none", () => {
    const wanted = { field: "returnUrl", url: "https://app.example/" };
    const work = () => toAllowedUrl(wanted, settings({ frontendUrl: "app.example" }));
    expect(work).toThrow("Cannot use FRONTEND_URL");
    expect(work).not.toThrow(GatewayError);
  });
});
