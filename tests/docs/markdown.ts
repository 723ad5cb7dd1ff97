/** Where the links of a page lead, as they are written. Code blocks have none. */
export function readLinks(text: string): string[] {
  const inline = withoutCode(text).matchAll(/\]\(<?([^\s)>]+)>?\)/g);
  return [...inline].map(([, target = ""]) => target);
}

/**
 * The names under which a page's headings can be linked to, as GitHub makes them.
 * Source: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function readAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const name = toAnchor(heading);
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What stands under a heading, up to the next one of its level. Empty if there is no such heading. */
export function readSection(text: string, heading: string): string {
  const [, rest = ""] = `\n${text}`.split(`\n## ${heading}\n`);
  return rest.split("\n## ", 1)[0] ?? "";
}

function toAnchor(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```.*?^ *```$/gms, "");
}
