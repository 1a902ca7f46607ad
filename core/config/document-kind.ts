import { didYouMean } from './did-you-mean.ts';
import type { ConfigDocument, ConfigIssue } from './issue.ts';
import { apiVersion } from './kinds.ts';
import { fieldOf } from './sound-fields.ts';

/** The kind of a document, if it is one of these. Without a kind there is no schema to check it by. */
export function kindOf<Kind extends string>(
  document: ConfigDocument,
  kinds: readonly Kind[],
): { kind: Kind | undefined; issues: ConfigIssue[] } {
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `a config document is a map with apiVersion, kind, metadata and spec, not ${Array.isArray(value) ? 'a list' : 'plain text'}. Separate documents by a line "---".`;
    return { kind: undefined, issues: [document.issue('error', [], message)] };
  }
  const kind = fieldOf(value, 'kind');
  const known = kinds.find((name) => name === kind);
  const issues = known === undefined ? [kindIssue(document, kind, kinds)] : [];
  // The schema reports a wrong apiVersion, but without a kind there is no schema.
  const version = fieldOf(value, 'apiVersion');
  if (known === undefined && version !== apiVersion) issues.push(versionIssue(document, version));
  return { kind: known, issues };
}

function kindIssue(document: ConfigDocument, kind: unknown, kinds: readonly string[]): ConfigIssue {
  const list = `This release reads ${kinds.join(' and ')} here; another kind, such as a Scenario, goes into a file of its own.`;
  if (kind === undefined)
    return document.issue('error', ['kind'], `is missing, so nobody knows what this is. ${list}`, 'key');
  const meant = typeof kind === 'string' ? didYouMean(kind, kinds) : undefined;
  const hint = meant === undefined ? list : `Did you mean ${meant}?`;
  return document.issue('error', ['kind'], `${JSON.stringify(kind)?.slice(0, 80)} is not a kind of config. ${hint}`);
}

function versionIssue(document: ConfigDocument, version: unknown): ConfigIssue {
  if (version === undefined)
    return document.issue('error', ['apiVersion'], `is missing. Write apiVersion: ${apiVersion}.`, 'key');
  return document.issue(
    'error',
    ['apiVersion'],
    `${JSON.stringify(version)?.slice(0, 80)} is unknown. Write ${apiVersion}.`,
  );
}
