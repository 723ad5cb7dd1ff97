import type { Message } from "../kit/hosting/send.ts";

/** Something wrong with a request itself, whatever it says and whoever sends it. */
export interface WireFault {
  readonly label: string;
  readonly change: Message;
  /** The status if Google's framework cannot read the body and never asks the function; absent if the callable refuses. */
  readonly unreadable?: 400 | 415;
}

const INT64 = "type.googleapis.com/google.protobuf.Int64Value";

const unreadableBodies = [
  "{",
  "}",
  "null",
  "true",
  "1",
  '"data"',
  '{"data"',
  '{"data":}',
  '{"data":NaN}',
  "{'data':1}",
  '{"data":1}{"data":2}',
  "data=1",
  "\0",
];

const wrongBodies = [
  "",
  "[]",
  "{}",
  '{"Data":1}',
  '[{"data":1}]',
  '{"data":1,"extra":2}',
  '{"__proto__":{"data":1}}',
  '{"data":{"__proto__":{"productId":"none_1"}}}',
  '{"data":{"@type":"x"}}',
  `{"data":{"@type":"${INT64}"}}`,
  `{"data":{"productId":{"@type":"${INT64}","value":{"toString":1}}}}`,
];

const types = [
  "text/plain",
  "text/html",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "application/cloudevents+json",
  "json",
];

const depths = [100, 10_000, 200_000];

export const wireFaults: readonly WireFault[] = [
  ...["GET", "PUT", "PATCH", "DELETE", "PROPFIND"].map((method) => ({ label: method, change: { method } })),
  ...types.map((type) => ({ label: type, change: { headers: { "content-type": type } } })),
  ...wrongBodies.map((body) => ({ label: body, change: { body } })),
  ...depths.flatMap((depth) => [
    { label: `${depth} lists`, change: { body: `{"data":${"[".repeat(depth)}${"]".repeat(depth)}}` } },
    { label: `${depth} objects`, change: { body: `{"data":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}` } },
    { label: `${depth} lists elsewhere`, change: { body: `{"x":${"[".repeat(depth)}${"]".repeat(depth)}}` } },
    { label: `${depth} open lists`, change: { body: "[".repeat(depth) }, unreadable: 400 as const },
  ]),
  ...unreadableBodies.map((body) => ({ label: body, change: { body }, unreadable: 400 as const })),
  { label: "no UTF-8", change: { body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }, unreadable: 400 },
  { label: "no gzip", change: { headers: { "content-encoding": "gzip" } }, unreadable: 400 },
  { label: "no encoding", change: { headers: { "content-encoding": "none" } }, unreadable: 415 },
  {
    label: "no charset",
    change: { headers: { "content-type": "application/json; charset=none" } },
    unreadable: 415,
  },
];
