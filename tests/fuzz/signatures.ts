import * as fc from "fast-check";
import { signWebhook } from "../kit/hosting/signature.ts";

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
  wrong("by a forged secret", (body) => signWebhook(body, { secret: "whsec_forged" })),
  wrong("by an empty secret", (body) => signWebhook(body, { secret: "" })),
  wrong("by the API key", (body, { apiKey }) => signWebhook(body, { secret: apiKey })),
  wrong("by the secret with a blank", (body, { webhookSecret }) =>
    signWebhook(body, { secret: `${webhookSecret} ` }),
  ),
  ...[301, 3_600, 365 * 86_400].map((ageSeconds) =>
    wrong(`${ageSeconds} seconds old`, (body, { webhookSecret }) =>
      signWebhook(body, { secret: webhookSecret, ageSeconds }),
    ),
  ),
  ...Object.entries(changedBodies).map(([label, change]) =>
    wrong(`of ${label}`, (body, { webhookSecret }) => signWebhook(change(body), { secret: webhookSecret })),
  ),
  ...Object.entries(changedHeaders).map(([label, change]) =>
    wrong(label, (body, { webhookSecret }) => change(signWebhook(body, { secret: webhookSecret }))),
  ),
  wrong("many", () => `t=${toNowSeconds()},${"v1=00,".repeat(1_000)}v1=${"0".repeat(64)}`),
  wrong("twice", (body, { webhookSecret }) => [
    signWebhook(body, { secret: "whsec_forged" }),
    signWebhook(body, { secret: webhookSecret, ageSeconds: 600 }),
  ]),
  wrong(
    "old with a new time behind",
    (body, { webhookSecret }) =>
      `${signWebhook(body, { secret: webhookSecret, ageSeconds: 600 })},t=${toNowSeconds()}`,
  ),
];

export const rightSignature: Signature = {
  label: "right",
  isRight: true,
  toHeader: (body, { webhookSecret }) => signWebhook(body, { secret: webhookSecret }),
};

export const anySignature: fc.Arbitrary<Signature> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...signatures) },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }).map((text) => wrong(text, () => text)) },
  { weight: 6, arbitrary: fc.constant(rightSignature) },
);

function wrong(label: string, toHeader: Signature["toHeader"]): Signature {
  return { label, isRight: false, toHeader };
}

function toNowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
