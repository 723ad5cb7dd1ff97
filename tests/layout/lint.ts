import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");

/**
 * The repository's own rules, told that another folder is the repository. Borders are drawn by paths alone, so that the
 * folder needs nothing but what is to be judged; the rest of the rules, and types, would only take time.
 */
const config = `import config from ${JSON.stringify(pathToFileURL(join(root, "oxlint.config.ts")).href)};
export default { ...config, categories: {}, options: {} };
`;

const reportSchema = z.object({
  number_of_files: z.int(),
  diagnostics: z.array(
    z.object({
      code: z.string().optional(),
      filename: z.string(),
      help: z.string().optional(),
      labels: z.array(z.object({ span: z.object({ line: z.int().optional() }) })),
    }),
  ),
});

/** What the linter refuses in a line of a file, and what it says is to be done. */
export interface Refusal {
  file: string;
  line: number;
  rule: string;
  help: string;
}

/** Lints files, given as their lines by path, as if they were all there is in the repository. */
export function lint(files: ReadonlyMap<string, readonly string[]>): Refusal[] {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  try {
    writeFile(join(folder, "oxlint.config.ts"), config);
    for (const [path, lines] of files) writeFile(join(folder, path), `${lines.join("\n")}\n`);
    const { number_of_files: count, diagnostics } = readReport(folder);
    if (count !== files.size + 1) throw new Error(`Cannot lint: read ${count} of ${files.size} files`);
    return diagnostics.map(({ code = "", filename, help = "", labels }) => ({
      file: filename.replaceAll("\\", "/"),
      line: labels[0]?.span.line ?? 0,
      rule: code,
      help,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(folder: string): z.output<typeof reportSchema> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, "--format", "json", "."], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith("{")) throw new Error(`Cannot lint: ${stdout}${stderr}`);
  return reportSchema.parse(JSON.parse(stdout));
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
