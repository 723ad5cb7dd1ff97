import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Turns imports of Node's own modules into `require`. An import reads every export, and the last one of `node:http`
 * loads an HTTP client that nobody asked for, which takes longer than Stripe's SDK.
 */
export const requireBuiltins: Plugin = {
  name: "require-builtins",
  setup(build) {
    build.onResolve({ filter: /./, namespace: "builtin" }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind === "import-statement" && isBuiltin(path) ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
