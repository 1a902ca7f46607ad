import { fromBase64, gunzip } from '../../encoding/bytes.ts';
import { given } from '../../model/given.ts';
import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';

/** The parts of a release that are kept. Its values are dropped here and never returned. */
export interface DecodedRelease {
  readonly manifests: readonly string[];
  /** `api-1.4.2` */
  readonly chart: string;
  /** Version of the chart. */
  readonly version?: string;
}

/** A Secret holds 1 MiB, and text of manifests shrinks to a fortieth at most. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Unpacks `data.release`: base64, then gzip (older versions of Helm left that out), then JSON. `text` is without the base64 that Secrets add.
 * Undefined for text that is no release.
 */
export function decodeRelease(text: string): DecodedRelease | undefined {
  try {
    const bytes = fromBase64(text);
    const json = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, MOST_BYTES) : bytes;
    const release = mappingOf(JSON.parse(new TextDecoder().decode(json)));
    const { manifest, hooks } = release;
    // Every release has a name, so an object without one is no release.
    if (textOf(release.name) === undefined) return undefined;
    const chart = mappingOf(mappingOf(release.chart).metadata);
    const hookTexts = (Array.isArray(hooks) ? hooks : []).map((hook) => mappingOf(hook).manifest);
    const manifests = [manifest, ...hookTexts].filter((one) => typeof one === 'string');
    const version = textOf(chart.version);
    return { manifests, chart: `${textOf(chart.name) ?? 'unknown'}-${version ?? '?'}`, ...given({ version }) };
  } catch {
    return undefined;
  }
}

/** One revision of a release, from the labels of its Secret or ConfigMap. */
export interface ReleaseHead {
  /** The object that holds it: `sh.helm.release.v1.api.v7`. */
  readonly object: string;
  readonly namespace: string;
  readonly release: string;
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`, `uninstalled`. */
  readonly status: string;
}

/** The revision that Helm compares the next upgrade with, and what blocks that upgrade. */
export interface ChosenRevision extends ReleaseHead {
  /** The newest revision where it is not the chosen one: `failed`, `pending-upgrade`. */
  readonly newest?: { readonly revision: number; readonly status: string };
}

/**
 * Chooses as `helm upgrade` does (helm/helm v3, pkg/action/upgrade.go prepareUpgrade): the newest revision when it is deployed, else the newest
 * deployed one, else the newest if it failed or was superseded. A release that is uninstalled, or was never deployed and is pending, has none: the
 * next command installs it anew. Older revisions that still say `deployed` do not count.
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

/** The revision that an object holds, from its labels; undefined where it holds none. */
export function headOf(item: Mapping): ReleaseHead | undefined {
  const metadata = mappingOf(item.metadata);
  const labels = mappingOf(metadata.labels);
  const [object, release] = [textOf(metadata.name), textOf(labels.name)];
  const revision = Number(textOf(labels.version));
  if (object === undefined || release === undefined || !Number.isSafeInteger(revision)) return undefined;
  return {
    object,
    release,
    revision,
    namespace: textOf(metadata.namespace) ?? '',
    status: textOf(labels.status) ?? 'unknown',
  };
}

/** Removes the base64 that Secrets add around the text of Helm. */
export function secretText(packed: string): string {
  try {
    return new TextDecoder().decode(fromBase64(packed));
  } catch {
    return '';
  }
}
