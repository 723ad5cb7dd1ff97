import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { controlRoutes } from "../http/control/handle.ts";
import { resources } from "../http/routes/index.ts";
import { emittedEvents } from "../operations/events/sink.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The code spans of every list item that begins with a route under the prefix. */
function documented(prefix: string): Record<string, readonly string[]> {
  const items = README.split("\n").filter((line) => new RegExp(`^- \`[A-Z]+ ${prefix}`).test(line));
  return Object.fromEntries(
    items.map((line) => {
      const [route = "", ...parameters] = [...line.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
      return [route, parameters];
    }),
  );
}

describe("the coverage list", () => {
  it("names every route with exactly the parameters it takes", () => {
    const actual = Object.fromEntries(
      resources.flatMap(({ routes }) =>
        routes.map(({ method, path, parameters }) => [`${method} ${path}`, parameters]),
      ),
    );
    expect(documented("/v1/")).toStrictEqual(actual);
  });

  it("names every event type that can be emitted", () => {
    const list = README.split("\n").find((line) => line.includes("`charge.failed`, `charge.pending`")) ?? "";
    expect([...list.matchAll(/`([^`]+)`/g)].map(([, span]) => span)).toStrictEqual([...emittedEvents]);
  });

  it("names every route of the control API", () => {
    expect(Object.keys(documented("/_control/"))).toStrictEqual(Object.keys(controlRoutes));
  });
});
