import type { Step } from "./triggers.ts";

interface Answer {
  id?: string;
  data?: readonly { id: string }[];
  error?: { type: string; message: string };
}

/**
 * Sends the requests of a script one after the other, as Stripe's CLI does: without a `Stripe-Version`.
 *
 * @throws Error if one is refused that should not be, or the other way around.
 */
export async function runScript(
  server: { url: string; apiKey: string },
  steps: readonly Step[],
): Promise<void> {
  const ids = new Map<string, string>();
  for (const step of steps) {
    const { id, data, error } = await send(server, step, ids);
    if (error?.type !== step.refusal) {
      throw new Error(`Cannot run "${step.name}": ${error?.message ?? "it was not refused"}`);
    }
    ids.set(step.name, id ?? data?.[0]?.id ?? "");
  }
}

async function send(
  { url, apiKey }: { url: string; apiKey: string },
  step: Step,
  ids: ReadonlyMap<string, string>,
): Promise<Answer> {
  const known = (text: string) =>
    text.replaceAll(/\$(\w+)/g, (_match, name: string) => ids.get(name) ?? name);
  const fields = formOf(step.params ?? {}).map(([name, text]) => [name, known(text)]);
  const form = new URLSearchParams(fields).toString();
  const isPost = step.method === "POST";
  const response = await fetch(`${url}${known(step.path)}${isPost ? "" : `?${form}`}`, {
    method: step.method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(isPost && { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(isPost && { body: form }),
  });
  const answer: Answer = await response.json();
  return answer;
}

/** Parameters as the CLI writes them: `a[b]=1`, `a[0]=1`. */
function formOf(value: unknown, path = ""): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) =>
    formOf(inner, path === "" ? name : `${path}[${name}]`),
  );
}
