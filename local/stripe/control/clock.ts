import type { ControlCall } from "./handle.ts";
import { ControlError, ControlInput } from "./input.ts";

/** The time by the server's clock, in seconds. */
export function readClock({ app }: ControlCall): object {
  return { now: app.clock.now() };
}

/** Moves the clock forward, by seconds or to a time; what falls due on the way happens at its own time. */
export function advanceClock(call: ControlCall): object {
  const { app, body } = call;
  const input = new ControlInput(body, ["advanceSeconds", "now"]);
  const [seconds, now] = [input.readNumber("advanceSeconds"), input.readNumber("now")];
  if ((seconds === undefined) === (now === undefined)) {
    throw new ControlError(400, 'Expected either "advanceSeconds" or "now"');
  }
  const ms = seconds === undefined ? (now ?? 0) * 1000 - app.clock.nowMs() : seconds * 1000;
  // Newest first would otherwise no longer be the order of creation.
  if (ms < 0) throw new ControlError(400, "Cannot move the clock back: only forward, or reset");
  app.advanceClock(ms);
  return readClock(call);
}
