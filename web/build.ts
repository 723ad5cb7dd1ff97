import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const webFolder = import.meta.dirname;
const distFolder = join(webFolder, "dist");

await mkdir(distFolder, { recursive: true });
await Promise.all([
  build({
    entryPoints: { app: join(webFolder, "src/main.ts"), styles: join(webFolder, "styles.css") },
    outdir: distFolder,
    bundle: true,
    minify: true,
    sourcemap: true,
    format: "esm",
    target: "es2022",
    // The SDK's bundles name source files that its packages leave out.
    logOverride: { "missing-source-map": "silent" },
  }),
  copyFile(join(webFolder, "index.html"), join(distFolder, "index.html")),
  // The app shows its own "not found" page, under the status that hosting answers with this file.
  copyFile(join(webFolder, "index.html"), join(distFolder, "404.html")),
]);
