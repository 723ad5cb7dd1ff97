// What firebase-tools prints on every start of a demo project without its web interface.
const expectedLines = [
  "Env variable override detected",
  "You are not currently authenticated",
  "The Emulator UI is not starting",
  "Emulator Hub host",
  "Other reserved ports",
  "Issues? Report them",
];

/** The lines of output that say what went wrong: all but progress, tables, stack frames and known warnings. */
export function toProblemLines(lines: readonly string[], limit = 20): string[] {
  return lines.filter((line) => !isNoise(line)).slice(-limit);
}

/**
 * What developers want to see of a line of output while they work: warnings, errors, and what their functions log.
 * Undefined for everything else.
 */
export function toShownLine(line: string): string | undefined {
  if (line.startsWith(">  ")) return toFunctionLine(line.slice(3));
  return /^(?:⚠|⬢|!!|Error)/.test(line) && !isNoise(line) ? line : undefined;
}

/** A function's log line: plain text, or the logger's JSON as `severity message {fields}`. */
function toFunctionLine(text: string): string | undefined {
  const entry = parseLogEntry(text);
  if (!entry) return text;
  const { severity, message, ...fields } = entry;
  if (severity === "DEBUG") return undefined;
  const rest = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`;
  return `${String(severity)} ${String(message)}${rest}`;
}

function parseLogEntry(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const entry: Record<string, unknown> = JSON.parse(text);
    return "severity" in entry && "message" in entry ? entry : undefined;
  } catch {
    // A function may log text that only looks like JSON.
    return undefined;
  }
}

function isNoise(line: string): boolean {
  return /^\s*(?:$|[i✔│┌├└]|at )/.test(line) || expectedLines.some((text) => line.includes(text));
}
