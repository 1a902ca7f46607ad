import { fromBase64, gunzip } from '../../encoding/bytes.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';

/** What is kept of a release. Its values are dropped here and never come out. */
export interface DecodedRelease {
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
