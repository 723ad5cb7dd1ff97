import * as fc from "fast-check";
import { Stripe } from "stripe";

export interface Secrets {
  readonly webhookSecret: string;
  readonly apiKey: string;
}

/** A way to sign a body: rightly, or almost so. */
export interface Signature {
  readonly label: string;
  readonly isRight: boolean;
  readonly toHeader: (body: string, secrets: Secrets) => string | string[] | undefined;
}

/** The body as somebody would like it to be, with the signature of what it was. */
const changedBodies: Readonly<Record<string, (body: string) => string>> = {
  "a byte more": (body) => `${body} `,
  "a byte less": (body) => body.slice(1),
  "another byte": (body) => `${body.slice(0, -1)}${body.endsWith("}") ? "]" : "}"}`,
};

/** What becomes of a right signature. */
const changedHeaders: Readonly<Record<string, (header: string) => string>> = {
  "of the old scheme": (header) => header.replace("v1=", "v0="),
  "of a scheme in capitals": (header) => header.replace("v1=", "V1="),
  "with a blank": (header) => header.replace("v1=", "v1= "),
  "cut short": (header) => header.slice(0, -1),
  "made longer": (header) => `${header}0`,
  "in capitals": (header) => header.toUpperCase().replace("T=", "t=").replace("V1=", "v1="),
  "of no time": (header) => header.replace(/^t=\d+/, "t="),
  "of a time that is none": (header) => header.replace(/^t=\d+/, "t=NaN"),
  "of a second later": (header) => header.replace(/^t=(\d+)/, (_, time: string) => `t=${Number(time) + 1}`),
  "without its time": (header) => header.replace(/^t=\d+,/, ""),
};

export const signatures: readonly Signature[] = [
  wrong("missing", () => undefined),
  wrong("empty", () => ""),
  wrong("by a forged secret", (body) => sign(body, "whsec_forged")),
  wrong("by an empty secret", (body) => sign(body, "")),
  wrong("by the API key", (body, { apiKey }) => sign(body, apiKey)),
  wrong("by the secret with a blank", (body, { webhookSecret }) => sign(body, `${webhookSecret} `)),
  ...[301, 3_600, 365 * 86_400].map((ageSeconds) =>
    wrong(`${ageSeconds} seconds old`, (body, { webhookSecret }) => sign(body, webhookSecret, ageSeconds)),
  ),
  ...Object.entries(changedBodies).map(([label, change]) =>
    wrong(`of ${label}`, (body, { webhookSecret }) => sign(change(body), webhookSecret)),
  ),
  ...Object.entries(changedHeaders).map(([label, change]) =>
    wrong(label, (body, { webhookSecret }) => change(sign(body, webhookSecret))),
  ),
  wrong("many", () => `t=${toSeconds()},${"v1=00,".repeat(1_000)}v1=${"0".repeat(64)}`),
  wrong("twice", (body, { webhookSecret }) => [sign(body, "whsec_forged"), sign(body, webhookSecret, 600)]),
  wrong(
    "old with a new time behind",
    (body, { webhookSecret }) => `${sign(body, webhookSecret, 600)},t=${toSeconds()}`,
  ),
];

export const rightSignature: Signature = {
  label: "right",
  isRight: true,
  toHeader: (body, { webhookSecret }) => sign(body, webhookSecret),
};

export const anySignature: fc.Arbitrary<Signature> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...signatures) },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }).map((text) => wrong(text, () => text)) },
  { weight: 6, arbitrary: fc.constant(rightSignature) },
);

function wrong(label: string, toHeader: Signature["toHeader"]): Signature {
  return { label, isRight: false, toHeader };
}

function sign(payload: string, secret: string, ageSeconds = 0): string {
  const timestamp = toSeconds() - ageSeconds;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

function toSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
