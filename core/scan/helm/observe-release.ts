import type { Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { readDocuments } from '../manifest/read-documents.ts';
import { walkDocument } from '../manifest/walk.ts';
import { subjectOf } from '../observe/object-context.ts';
import { usesOf } from '../observe/uses-of.ts';
import type { ChosenRevision, DecodedRelease } from './stored-release.ts';

/**
 * The API versions in the manifest that Helm has stored. The next `helm upgrade` compares with it, asks the API server for the kinds in it, and fails
 * when one of them is gone, even where the chart is already corrected.
 */
export function observeRelease(
  head: ChosenRevision,
  release: DecodedRelease,
  lists: readonly KindList[] = [],
): { found: Observation[]; unread: number } {
  const found: Observation[] = [];
  let unread = 0;
  for (const document of release.manifests.flatMap((manifest) => [...readDocuments(manifest)])) {
    const objects = 'problem' in document ? undefined : walkDocument(document.value, document.text.length + 16);
    if (objects === undefined) unread += 1;
    for (const object of objects ?? []) {
      for (const use of usesOf(object, lists)) found.push({ ...heldBy(head, release, subjectOf(object)), ...use });
    }
  }
  return { found, unread };
}

function heldBy(head: ChosenRevision, { chart }: DecodedRelease, subject: ReturnType<typeof subjectOf>) {
  const { release, namespace, revision, status } = head;
  const full = `${namespace}/${release}`;
  return {
    source: 'helm' as const,
    // Helm installs an object without a namespace into the namespace of the release.
    subject: { ...subject, namespace: subject.namespace ?? namespace },
    owner: `Helm release ${full}`,
    cause: `helm:${full}`,
    evidence: [`Revision ${revision} (${status}) of ${full}, chart ${chart}, holds it.${newestOf(head)}`],
    confidence: 'high' as const,
    consequence: `the next helm upgrade of ${release} fails`,
    fix: `Update the chart of ${release}. Where the version is gone already, repair the stored manifest first: helm mapkubeapis ${release} --namespace ${namespace}`,
  };
}

function newestOf({ newest, release, namespace }: ChosenRevision): string {
  if (newest === undefined) return '';
  const rollback = `; roll it back first: helm rollback ${release} --namespace ${namespace}`;
  return ` Its newest revision ${newest.revision} is ${newest.status}${newest.status.startsWith('pending-') ? rollback : ''}.`;
}
