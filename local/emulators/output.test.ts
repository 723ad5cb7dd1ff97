import { describe, expect, it } from "vitest";
import { toProblemLines, toShownLine } from "./output.ts";

describe("toShownLine", () => {
  it("shows what a function logs, without the frame", () => {
    expect(toShownLine(">  hello")).toBe("hello");
  });

  it("shows a structured entry as severity, message and the rest", () => {
    expect(toShownLine('>  {"severity":"WARNING","message":"Call refused","code":"not-found"}')).toBe(
      'WARNING Call refused {"code":"not-found"}',
    );
    expect(toShownLine('>  {"severity":"INFO","message":"Done"}')).toBe("INFO Done");
  });

  it("shows text that only looks like an entry as it is", () => {
    expect(toShownLine(">  {not json")).toBe("{not json");
    expect(toShownLine('>  {"some":"object"}')).toBe('{"some":"object"}');
  });

  it("shows the emulators' warnings and errors", () => {
    expect(toShownLine("⚠  functions: Something is wrong")).toBe("⚠  functions: Something is wrong");
    expect(toShownLine("⬢  functions: Failed to load")).toBe("⬢  functions: Failed to load");
  });

  it.each([
    '>  {"severity":"DEBUG","message":"Callable request verification passed"}',
    'i  functions: Beginning execution of "us-central1-gateway"',
    "✔  hosting[demo-gateway]: Local server: http://127.0.0.1:5000",
    "⚠  firestore: Env variable override detected. Using firestore emulator at emulator.jar",
    "",
  ])("hides %j", (line) => {
    expect(toShownLine(line)).toBeUndefined();
  });
});

describe("toProblemLines", () => {
  it("keeps what is neither progress, a stack frame nor a table", () => {
    const lines = [
      "i  functions: Watching",
      "⬢  functions: Failed to load function definition from source",
      "SyntaxError: Unexpected token",
      "    at compileSourceTextModule (node:internal)",
      "┌──────────┐",
      "│ Emulator │",
      "  Other reserved ports: 4501, 9150",
    ];
    expect(toProblemLines(lines)).toEqual(lines.slice(1, 3));
  });

  it("keeps the last ones of many", () => {
    expect(toProblemLines(["Error 1", "Error 2", "Error 3"], 2)).toEqual(["Error 2", "Error 3"]);
  });
});
