import { fieldOf } from './checks/check.ts';
import type { ConfigIssue } from './issue.ts';
import type { YamlDocument } from './yaml-document.ts';

/** One Liftlock has one Fleet, and objects of a kind are known by their name. */
export function checkUniqueness(kind: string, documents: readonly YamlDocument[]): ConfigIssue[] {
  if (kind === 'Fleet') {
    return documents.slice(1).map((document) => {
      const message = `there is a Fleet already, at ${placeOf(documents[0])}, and one Liftlock looks after one. Merge them.`;
      return document.issue('error', [], message);
    });
  }
  const issues: ConfigIssue[] = [];
  const first = new Map<string, YamlDocument>();
  for (const document of documents) {
    const name = fieldOf(document.value, 'metadata', 'name');
    if (typeof name !== 'string') continue;
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, document);
      continue;
    }
    const message = `"${name}" is the name of another ${kind}, at ${placeOf(other)}. Rename or remove one.`;
    issues.push(document.issue('error', ['metadata', 'name'], message));
  }
  return issues;
}

function placeOf(document: YamlDocument | undefined): string {
  const issue = document?.issue('error', [], '');
  return `${issue?.file}:${issue?.line}`;
}
