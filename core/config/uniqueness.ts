import type { ConfigDocument, ConfigIssue } from './issue.ts';
import { fieldOf } from './sound-fields.ts';

/** One Liftlock has one Fleet, and other objects are identified by kind and name. */
export function checkUniqueness(kind: string, documents: readonly ConfigDocument[]): ConfigIssue[] {
  if (kind === 'Fleet') {
    return documents.slice(1).map((document) => {
      const message = `there is a Fleet already, at ${placeOf(documents[0])}, and one Liftlock looks after one. Merge them.`;
      return document.issue('error', [], message);
    });
  }
  const byName = Map.groupBy(documents, ({ value }) => fieldOf(value, 'metadata', 'name'));
  return [...byName].flatMap(([name, [first, ...others]]) => {
    if (typeof name !== 'string') return [];
    const message = `"${name}" is the name of another ${kind}, at ${placeOf(first)}. Rename or remove one.`;
    return others.map((document) => document.issue('error', ['metadata', 'name'], message));
  });
}

function placeOf(document: ConfigDocument | undefined): string {
  const issue = document?.issue('error', [], '');
  return `${issue?.file}:${issue?.line}`;
}
