import { describe, expect, it } from "vitest";
import { readArguments, UsageError } from "./arguments.ts";

const URL_A = "http://127.0.0.1:3000/a";
const URL_B = "https://b.test/b";

describe("readArguments", () => {
  it("has defaults for everything", () => {
    expect(readArguments([])).toStrictEqual({
      help: false,
      port: 12_111,
      apiKey: "sk_test_local",
      webhookEndpoints: [],
    });
  });

  it("takes a port and a key", () => {
    const args = ["--port", "0", "--api-key=sk_test_own"];
    expect(readArguments(args)).toMatchObject({ port: 0, apiKey: "sk_test_own" });
  });

  it("gives each webhook the secret and the events that follow it", () => {
    const args = ["--webhook", URL_A, "--events", "charge.failed, charge.refunded", "--secret", "whsec_a"];
    const { webhookEndpoints } = readArguments([...args, "--webhook", URL_B, "--secret", "whsec_b"]);
    expect(webhookEndpoints).toStrictEqual([
      { url: URL_A, secret: "whsec_a", enabledEvents: ["charge.failed", "charge.refunded"] },
      { url: URL_B, secret: "whsec_b" },
    ]);
  });

  it.each([
    [["start"], "Unexpected argument 'start'"],
    [["--port", "http"], 'Invalid --port "http": expected a whole number from 0 to 65535'],
    [["--port", "65536"], "expected a whole number from 0 to 65535"],
    [["--port"], "'--port <value>' argument missing"],
    [["--api-key", "sk_live_1"], "not a live key"],
    [["--api-key", ""], "expected a key without white space"],
    [["--webhook", "localhost", "--secret", "s"], "expected a URL such as"],
    [["--webhook", "ftp://localhost", "--secret", "s"], "expected a URL such as"],
    [["--webhook", URL_A], "add --secret <secret> after it"],
    [["--webhook", URL_A, "--webhook", URL_B, "--secret", "s"], `Missing secret of --webhook ${URL_A}`],
    [["--secret", "s", "--webhook", URL_A], "Misplaced --secret: put it after its --webhook <url>"],
    [["--events", "charge.failed"], "Misplaced --events: put it after its --webhook <url>"],
    [["--webhook", URL_A, "--secret", "s", "--secret", "t"], "give it once"],
    [["--webhook", URL_A, "--secret", "s", "--events", "charge"], "separated by commas"],
  ])("refuses %j", (args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });
});
