import type { ManifestObject } from './manifest-object.ts';
import { isMapping, mappingOf } from './manifest-object.ts';
import type { Path } from './positions.ts';

/** Text inside an object that holds further documents. */
export interface EmbeddedText {
  readonly text: string;
  /** `ConfigMap/web, key app.yaml` */
  readonly within: string;
  /** Where it stands in the outer document. */
  readonly path: Path;
  /** What `kubectl apply` was given last: evidence of a writer, not something that will be applied. */
  readonly lastApplied: boolean;
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Documents in the keys of a ConfigMap, and what was last applied. Values of Secrets are never looked at. */
export function embeddedTexts(object: ManifestObject): EmbeddedText[] {
  const { value, path, kind, apiVersion, name = '?' } = object;
  const found: EmbeddedText[] = [];
  if (kind === 'ConfigMap' && apiVersion === 'v1' && isMapping(value.data)) {
    for (const [key, text] of Object.entries(value.data)) {
      if (typeof text !== 'string' || !mayHoldManifests(text)) continue;
      found.push({ text, within: `ConfigMap/${name}, key ${key}`, path: [...path, 'data', key], lastApplied: false });
    }
  }
  const applied = mappingOf(mappingOf(value.metadata).annotations)[LAST_APPLIED];
  if (typeof applied === 'string' && kind !== 'Secret') {
    const within = `${kind}/${name}, ${LAST_APPLIED}`;
    found.push({ text: applied, within, path: [...path, 'metadata', 'annotations', LAST_APPLIED], lastApplied: true });
  }
  return found;
}

const mayHoldManifests = (text: string): boolean =>
  /\bapiVersion["']?[ \t]*:/.test(text) && /\bkind["']?[ \t]*:/.test(text);
