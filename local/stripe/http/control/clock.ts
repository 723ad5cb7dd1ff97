import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput } from "./input.ts";

/** The time by the server's clock, in seconds. */
export function readClock({ account }: ControlCall): object {
  return { now: account.clock.now() };
}

/** Moves the clock forward, by seconds or to a time; what falls due on the way happens at its own time. */
export function advanceClock(call: ControlCall): object {
  const { account, body } = call;
  const input = new ControlInput(body, ["advanceSeconds", "now"]);
  const [seconds, now] = [input.readNumber("advanceSeconds"), input.readNumber("now")];
  if ((seconds === undefined) === (now === undefined)) {
    throw new ControlError(400, 'Expected either "advanceSeconds" or "now"');
  }
  const ms = seconds === undefined ? (now ?? 0) * 1000 - account.clock.nowMs() : seconds * 1000;
  // Otherwise the order of creation would no longer be the order of `created`.
  if (ms < 0) throw new ControlError(400, "Cannot move the clock back: only forward, or reset");
  account.advanceClock(ms);
  return readClock(call);
}
