import { describe, expect, it } from "vitest";
import { FOR_EVER } from "./account/grant.ts";
import { giveInput, grantCreditsInput } from "./inputs.ts";

const wanted = { userId: "user_1", amount: 1, key: "key-1", reason: "Thanks" };

describe("grantCreditsInput", () => {
  it.each<[string, object]>([
    ["credits forever", {}],
    ["credits with an end", { expiresAt: "2031-01-01T00:00:00Z" }],
    ["an end in another time zone", { expiresAt: "2031-01-01T00:00:00+09:00" }],
    ["a user id of 128 characters", { userId: "u".repeat(128) }],
    ["a user id of another script", { userId: "ユーザー|1" }],
    ["a reason with an emoji", { reason: "Thanks 💛" }],
  ])("reads %s", (_, fields) => {
    expect(grantCreditsInput.safeParse({ ...wanted, ...fields })).toMatchObject({ success: true });
  });

  it.each<[string, object]>([
    ["a user id with a slash", { userId: "user_1/grants/1" }],
    ["a user id of dots", { userId: ".." }],
    ["a user id that Firestore keeps for itself", { userId: "__user__" }],
    ["the same with a line break", { userId: "__\n__" }],
    ["a user id with half a character", { userId: "user\ud800" }],
    ["a reason with half a character", { reason: "Thanks \udfff" }],
    ["an end that is no time", { expiresAt: "2031-02-30T00:00:00Z" }],
    // Firestore's times end with the year 9999.
    ["an end in the year 10000", { expiresAt: "9999-12-31T23:59:59-23:59" }],
    ["somebody else as the one who gives", { grantedBy: "admin_2" }],
  ])("refuses %s", (_, fields) => {
    expect(grantCreditsInput.safeParse({ ...wanted, ...fields })).toMatchObject({ success: false });
  });
});

describe("giveInput", () => {
  it.each([
    [FOR_EVER, true],
    [new Date(FOR_EVER.getTime() + 1), false],
    [new Date(NaN), false],
  ])("with an end at %s: %s", (expiresAt, success) => {
    expect(giveInput.safeParse({ ...wanted, grantedBy: "admin", expiresAt }).success).toBe(success);
  });
});
