import { apiVersionOf, type ResourceType } from '../../simulator/kubernetes/resource-types.ts';
import { continueToken, readContinueToken } from '../../simulator/kubernetes/server/continue-token.ts';
import { badRequest, expired } from '../../simulator/kubernetes/server/refusals.ts';
import { namespaces, type WriteObject } from './object-writer.ts';

/** Which objects of a resource a page has. */
export interface PageRequest {
  /** Of all objects, or of those of the namespace; 0: no limit. */
  readonly limit: number;
  readonly continueToken: string;
  /** `team-7`; absent: all namespaces. */
  readonly namespace?: string | undefined;
}

/** All lists show one state of the cluster, which never changes. */
export const listRevision = 9_000_000;

/**
 * The JSON text of a page, as bytes: it is ASCII, which `latin1` writes fastest.
 *
 * @throws StatusError 400 for a token of no list, 410 for one of another run.
 */
export function writePage(
  type: ResourceType,
  count: number,
  write: WriteObject,
  { limit, continueToken: token, namespace, metadataOnly }: PageRequest & { readonly metadataOnly: boolean },
): Buffer {
  const first = namespace === undefined ? 0 : namespaceNumber(namespace, type);
  const step = namespace === undefined ? 1 : namespaces;
  const start = token === '' ? first : startOf(token) + step;
  const remaining = Math.max(0, Math.ceil((count - start) / step));
  const size = limit === 0 ? remaining : Math.min(limit, remaining);
  const last = start + (size - 1) * step;
  const left = remaining - size;
  const next = continueToken({ revision: listRevision, after: String(last) });
  const metadata = {
    resourceVersion: String(listRevision),
    ...(left === 0 ? {} : { continue: next, remainingItemCount: left }),
  };
  const kind = metadataOnly ? 'PartialObjectMetadataList' : `${type.kind}List`;
  const apiVersion = metadataOnly ? 'meta.k8s.io/v1' : apiVersionOf(type);
  const chunks: Buffer[] = [];
  let text = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  for (let index = start, position = 0; position < size; index += step, position++) {
    text += position === 0 ? write(index) : `,${write(index)}`;
    if (text.length < chunkCharacters) continue;
    chunks.push(Buffer.from(text, 'latin1'));
    text = '';
  }
  chunks.push(Buffer.from(`${text}]}\n`, 'latin1'));
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** Long lists without a limit would be longer than a text may be. */
const chunkCharacters = 8_000_000;

/** Nowhere for another name, and for kinds without namespaces. */
function namespaceNumber(namespace: string, { namespaced }: ResourceType): number {
  const [, digits] = /^team-(\d+)$/.exec(namespace) ?? [];
  const number = Number(digits ?? Number.NaN);
  return namespaced && number < namespaces ? number : Number.MAX_SAFE_INTEGER;
}

function startOf(token: string): number {
  const { revision, after } = readContinueToken(token);
  if (revision !== listRevision)
    throw expired('The provided continue parameter is too old to display a consistent list result.');
  if (!/^\d+$/.test(after)) throw badRequest('continue key is not valid');
  return Number(after);
}
