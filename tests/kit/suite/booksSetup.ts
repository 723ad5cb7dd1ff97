import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { checkBooks, readMoment, type Checked } from "../books/books.ts";

/*
 * After every test that can move money, and over everything at the end of its file: whatever the test was about, the
 * books must agree.
 */
if (canMoveMoney()) {
  let checked: Checked;

  beforeAll(async () => {
    checked = await readMoment();
  });

  afterEach(async () => {
    const now = await readMoment();
    await checkBooks(checked);
    checked = now;
  });

  afterAll(async () => await checkBooks(checked, { everything: true }));
}

/** Those of the security rules have databases of their own and no money. */
function canMoveMoney(): boolean {
  return expect.getState().testPath?.includes("/tests/rules/") === false;
}
