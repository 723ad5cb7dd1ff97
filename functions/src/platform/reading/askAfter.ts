import type { DocumentSnapshot } from "@google-cloud/firestore";

/**
 * Asks a provider for the newest state of what a document is a copy of. It is asked after the document was read, and the
 * answer may replace that version only, so that it is newer than what it replaces, whatever the clocks of two instances
 * say. An answer in which nothing is new must be written, too: a slower reader of something older then finds the document
 * changed.
 *
 * At most two versions are asked for. Whoever wrote a third one had read the second one before asking, and so asked after
 * this began: undefined means that the document is as new as an answer would be. That is not new enough if the first
 * answer is that to a change: whoever wrote the third version may have asked before the change, so that `times` is three,
 * and whoever wrote a fourth one asked after this had read the second one.
 */
export function askAfter<T>(
  ask: () => Promise<T>,
  { times = 2 }: { times?: 2 | 3 } = {},
): (document: DocumentSnapshot) => Promise<T | undefined> {
  const versions = new Map<string | undefined, T>();
  return async (document) => {
    const version = document.updateTime?.valueOf();
    const known = versions.get(version);
    if (known !== undefined) return known;
    if (versions.size >= times && document.exists) return undefined;
    const answer = await ask();
    versions.set(version, answer);
    return answer;
  };
}
