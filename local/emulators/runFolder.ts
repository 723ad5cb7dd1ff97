import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../paths.ts";
import { readRunConfig, type EmulatorPorts } from "./config.ts";
import { toEnvFile, type Variables } from "./envFile.ts";

/** What one run adds to the project: its ports, and what its functions find in their environment. */
export interface RunOptions {
  projectId: string;
  ports: EmulatorPorts;
  /** The functions' params and plain variables. */
  variables: Variables;
  /** The functions' secrets, or `user` for those in the developer's own `functions/.secret.local`. */
  secrets: Variables | "user";
  /** Whether the developer's own `functions/.env*` files count too; their values win. */
  userVariables: boolean;
}

const OWNER_FILE = "owner.pid";
const linkedFiles = ["firestore.rules", "functions/package.json"];
const linkedFolders = ["functions/lib", "functions/node_modules", "web/dist"];
const SECRETS = "functions/.secret.local";

/**
 * Makes the folder that firebase-tools runs in: links to the project's files, a `firebase.json` with the run's ports,
 * and a functions folder with the run's own environment. That is the only place where firebase-tools reads secrets and
 * writes new params, so it does not change the project, and several runs do not disturb each other.
 */
export function createRunFolder(options: RunOptions, root = projectRoot): string {
  requireNotRunning(options.projectId, root);
  for (const path of [...linkedFiles, ...linkedFolders]) requireFile(path, root);
  const folder = toRunFolder(options.projectId, root);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "functions"), { recursive: true });
  writeFileSync(join(folder, OWNER_FILE), String(process.pid));
  writeFileSync(join(folder, "firebase.json"), JSON.stringify(readRunConfig(options.ports, root), null, 2));
  for (const path of linkedFiles) linkFile(path, { root, folder });
  for (const path of linkedFolders) linkFolder(path, { root, folder });
  writeVariables(options, { root, folder });
  writeSecrets(options, { root, folder });
  return folder;
}

/** Removes the folders of runs whose launcher was killed. */
export function removeStaleRunFolders(root = projectRoot): void {
  for (const folder of globSync(toRunFolder("*", root))) {
    if (readOwner(folder) === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Fails while another launcher runs the project. */
export function requireNotRunning(projectId: string, root = projectRoot): void {
  const owner = readOwner(toRunFolder(projectId, root));
  if (owner === undefined) return;
  throw new Error(`Cannot start: project "${projectId}" is running already (process ${owner})`);
}

interface Folders {
  root: string;
  folder: string;
}

function toRunFolder(projectId: string, root: string): string {
  return join(root, ".cache", `run-${projectId}`);
}

/** The launcher that uses the folder, if it is still alive. */
function readOwner(folder: string): number | undefined {
  const file = join(folder, OWNER_FILE);
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function writeVariables({ variables, userVariables }: RunOptions, { root, folder }: Folders): void {
  const source = join(root, "functions");
  const names = userVariables ? readdirSync(source).filter((name) => name.startsWith(".env")) : [];
  for (const name of names) copyFileSync(join(source, name), join(folder, "functions", name));
  const local = join(folder, "functions/.env.local");
  const userLocal = names.includes(".env.local") ? readFileSync(local, "utf8") : "";
  // If a name has two values, firebase-tools takes the later one.
  writeFileSync(local, toEnvFile(variables) + userLocal);
}

function writeSecrets({ secrets }: RunOptions, folders: Folders): void {
  if (secrets === "user") linkFile(SECRETS, folders);
  else writeFileSync(join(folders.folder, SECRETS), toEnvFile(secrets));
}

function linkFile(path: string, { root, folder }: Folders): void {
  const source = join(root, path);
  // Windows lets only administrators make symbolic links to files.
  if (process.platform === "win32") copyFileSync(source, join(folder, path));
  else symlinkSync(source, join(folder, path));
}

function linkFolder(path: string, { root, folder }: Folders): void {
  const source = join(root, path);
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(source, join(folder, path), "junction");
}

function requireFile(path: string, root: string): void {
  if (existsSync(join(root, path))) return;
  throw new Error(`Cannot start: "${path}" is missing, run "npm run build" first`);
}
