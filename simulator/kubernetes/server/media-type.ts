import { notAcceptable } from './refusals.ts';

/** The requested form of objects: complete, as rows for people, or their metadata only. */
export type Representation =
  | { readonly as: 'Object' }
  | { readonly as: 'Table' | 'PartialObjectMetadata'; readonly apiVersion: string };

interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const accepted = ['application/json', 'application/*', '*/*'];

/** The supported parts of an `Accept` header in order of preference; without one every part is accepted. */
function acceptable(header: string | undefined): MediaType[] {
  const types = (header === undefined || header === '' ? '*/*' : header).split(',').map((part) => {
    const [type = '', ...rest] = part.split(';').map((each) => each.trim());
    return { type, parameters: Object.fromEntries(rest.map((each) => each.split('=') as [string, string])) };
  });
  return types.filter(({ type }) => accepted.includes(type));
}

/** @throws StatusError 406 when no supported form is accepted. */
export function representation(header: string | undefined): Representation {
  for (const { parameters } of acceptable(header)) {
    const { as, g, v } = parameters;
    if (as === undefined) return { as: 'Object' };
    const known = g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1');
    if (known && as === 'Table') return { as: 'Table', apiVersion: `${g}/${v}` };
    if (known && (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'))
      return { as: 'PartialObjectMetadata', apiVersion: `${g}/${v}` };
  }
  throw notAcceptable();
}

/** The requested and supported version of aggregated discovery; undefined for the older lists. @throws StatusError 406 */
export function aggregatedDiscovery(header: string | undefined, supported: boolean): 'v2' | 'v2beta1' | undefined {
  for (const { parameters } of acceptable(header)) {
    const { as, g, v } = parameters;
    if (as === undefined) return undefined;
    const known = g === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList';
    if (supported && known && (v === 'v2' || v === 'v2beta1')) return v;
  }
  throw notAcceptable();
}
