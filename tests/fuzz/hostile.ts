import * as fc from "fast-check";

/** Deeper than anything a caller has reason to send. Far deeper ones are whole bodies, see wires.ts. */
const DEPTHS = [20, 60, 1_500];

const texts = [
  "",
  " ",
  "\0",
  "\n",
  "a\n",
  "a/b",
  "..",
  ".",
  "../../etc/passwd",
  "payments/of_somebody",
  "__proto__",
  "__reserved__",
  "__\n__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "null",
  "true",
  "0",
  "-1",
  "1e3",
  "%2F",
  "%00",
  "'; drop table payments; --",
  "<script>alert(1)</script>",
  "${7*7}",
  "{{7*7}}",
  "\u{1f4b3}",
  "\u202Egnp.exe",
  "е", // Cyrillic
  "\ud800", // half of a pair
  "a\udfff",
  "\ufeff",
  "\uffff",
  "prod_none",
  "a".repeat(65),
  "a".repeat(200),
  "a".repeat(201),
  "ä".repeat(128),
  "a".repeat(2_001),
  "x".repeat(200_000),
  `${"a".repeat(50_000)}!`,
  "https://app.example@evil.example/",
  "https://app.example.evil.example/",
  "javascript:alert(1)",
  "//evil.example",
  "https:\\\\evil.example",
];

const numbers = [
  0,
  -0,
  -1,
  1,
  1.5,
  999,
  1_000,
  1_000_000_000,
  1_000_000_001,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e21,
  5e-324,
  1.7976931348623157e308,
  // Written as 1e400, see `toJson`.
  Infinity,
];

const dates = [
  "2020-01-01T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "2999-02-30T00:00:00Z",
  "2999-01-01",
  "2999-01-01T00:00:00",
  "9999-12-31T23:59:59-23:59",
  "+010000-01-01T00:00:00Z",
  "2999-01-01T25:00:00Z",
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...texts, ...dates) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 300 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
);

const shallow: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom(...numbers) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(true, false, null, [], {}, [[]], [null]) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
);

/** Keys that mean something to JavaScript, and some that mean something to us, but not there. */
export const hostileKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "amount",
    "creditsAmount",
    "userId",
    "currency",
    "unit_amount",
    "status",
    "admin",
    "metadata",
    "",
    "@type",
    "productId ",
    "ProductId",
    "x".repeat(10_000),
  ),
  fc.string(),
);

/** Whatever a value must never be trusted not to be. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: shallow },
  { weight: 1, arbitrary: fc.array(shallow, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(fc.tuple(hostileKey, shallow), { maxLength: 5 }).map(toObject) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(...DEPTHS).map(toDeep) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("Int64Value", "UInt64Value", "Any"), shallow).map(toWrapped),
  },
);

/** Every key is the object's own, `__proto__` too. */
export function toObject(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

function toDeep(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** How Firebase's protocol writes what JSON has no form for. */
function toWrapped([name, value]: [string, unknown]): object {
  return { "@type": `type.googleapis.com/google.protobuf.${name}`, value };
}

/** As JSON, with numbers beyond all limits, which `JSON.stringify` would make null. */
export function toJson(value: unknown): string {
  const beyond = "\u221e";
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (inner === Infinity) return beyond;
    return inner === -Infinity ? `-${beyond}` : inner;
  });
  return text.replaceAll(new RegExp(`"(-?)${beyond}"`, "g"), "$11e400");
}
