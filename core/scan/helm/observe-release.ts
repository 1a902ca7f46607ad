import { fromBase64, gunzip } from '../../encoding/bytes.ts';
import type { Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';
import { readDocuments } from '../manifest/read-documents.ts';
import { TooManyNodes, walkDocument } from '../manifest/walk.ts';
import { subjectOf } from '../observe/inspect-object.ts';
import { usesOf } from '../observe/uses-of.ts';

/**
 * The API versions in the manifest that Helm has stored. The next `helm upgrade` compares with it, asks the API server for the kinds in it,
 * and fails when one of them is gone, even where the chart has long been corrected.
 */
export function observeRelease(
  head: ChosenRevision,
  release: DecodedRelease,
  lists: readonly KindList[] = [],
): { found: Observation[]; unread: number } {
  const found: Observation[] = [];
  let unread = 0;
  for (const document of release.manifests.flatMap((manifest) => [...readDocuments(manifest)])) {
    const objects = 'problem' in document ? undefined : objectsOf(document.value, document.text.length + 16);
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
    // What has no namespace of its own goes into that of the release.
    subject: { ...subject, namespace: subject.namespace ?? namespace },
    owner: `Helm release ${full}`,
    cause: `helm:${full}`,
    evidence: [`Revision ${revision} (${status}) of ${full}, chart ${chart}, holds it.${newestOf(head)}`],
    confidence: 'high' as const,
    consequence: `the next helm upgrade of ${release} fails`,
    fix: `Update the chart of ${release}. Where the version is gone already, repair the stored manifest first: helm mapkubeapis ${release} --namespace ${namespace}`,
  };
}

/** Undefined when its aliases stand for more than it could hold. */
function objectsOf(value: unknown, budget: number) {
  try {
    return walkDocument(value, budget);
  } catch (error) {
    if (error instanceof TooManyNodes) return undefined;
    throw error;
  }
}

function newestOf({ newest, release, namespace }: ChosenRevision): string {
  if (newest === undefined) return '';
  const rollback = `; roll it back first: helm rollback ${release} --namespace ${namespace}`;
  return ` Its newest revision ${newest.revision} is ${newest.status}${newest.status.startsWith('pending-') ? rollback : ''}.`;
}

/** What is kept of a release. Its values are dropped here and never come out. */
interface DecodedRelease {
  readonly manifests: readonly string[];
  /** `api-1.4.2` */
  readonly chart: string;
}

/** A Secret holds 1 MiB; text of manifests packs to a fortieth at most. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Unpacks `data.release`: base64, then gzip (older Helms left that out), then JSON. `text` is without the base64 that Secrets put around
 * everything. Undefined for what is none.
 */
export async function decodeRelease(text: string): Promise<DecodedRelease | undefined> {
  try {
    const bytes = fromBase64(text);
    const json = bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzip(bytes, MOST_BYTES) : bytes;
    const release = mappingOf(JSON.parse(new TextDecoder().decode(json)));
    const { manifest, hooks } = release;
    // Every release has a name; what has none is no release, and nobody knows what it is.
    if (textOf(release.name) === undefined) return undefined;
    const chart = mappingOf(mappingOf(release.chart).metadata);
    const hookTexts = (Array.isArray(hooks) ? hooks : []).map((hook) => mappingOf(hook).manifest);
    const manifests = [manifest, ...hookTexts].filter((one) => typeof one === 'string');
    return { manifests, chart: `${textOf(chart.name) ?? 'unknown'}-${textOf(chart.version) ?? '?'}` };
  } catch {
    return undefined;
  }
}

/** One revision of a release, as the labels of its Secret or ConfigMap tell it. */
export interface ReleaseHead {
  /** The object that holds it: `sh.helm.release.v1.api.v7`. */
  readonly object: string;
  readonly namespace: string;
  readonly release: string;
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`, `uninstalled`. */
  readonly status: string;
}

/** The revision that Helm compares the next upgrade with, and what stands in the way of that upgrade. */
export interface ChosenRevision extends ReleaseHead {
  /** The newest revision, where it is another one: `failed`, `pending-upgrade`. */
  readonly newest?: { readonly revision: number; readonly status: string };
}

/**
 * Chooses as `helm upgrade` does (helm/helm v3, pkg/action/upgrade.go prepareUpgrade): the newest revision when it is deployed, else the
 * newest deployed one, else the newest if it failed or was superseded. A release that is uninstalled, or was never deployed and is
 * pending, has none: the next command installs it anew. Older revisions that still say `deployed` are left over and do not count.
 */
export function chooseRevisions(heads: readonly ReleaseHead[]): ChosenRevision[] {
  const releases = Map.groupBy(heads, ({ namespace, release }) => `${namespace}/${release}`);
  return [...releases.values()].flatMap((revisions): ChosenRevision[] => {
    const sorted = [...revisions].sort((a, b) => b.revision - a.revision);
    const [newest] = sorted;
    if (newest === undefined || newest.status === 'uninstalled') return [];
    if (newest.status === 'deployed') return [newest];
    const deployed = sorted.find(({ status }) => status === 'deployed');
    const { revision, status } = newest;
    if (deployed !== undefined) return [{ ...deployed, newest: { revision, status } }];
    return status === 'failed' || status === 'superseded' ? [newest] : [];
  });
}
