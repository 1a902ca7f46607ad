import { isMapping, type Mapping, textOf, typeOf } from './manifest-object.ts';

/** Group and version as Kubernetes names them: DNS names; a placeholder is neither. */
const API_VERSION = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

export const isApiVersion = (text: string): boolean => API_VERSION.test(text);

/**
 * Why a document that looks like an object is none: a stream that was cut off, a key in the wrong case, a template's placeholder. Undefined
 * for what is an object, and for what does not look like one. `Chart.yaml` has an apiVersion of Helm's own and no kind.
 */
export function halfObject(value: unknown): string | undefined {
  if (!isMapping(value)) return undefined;
  const type = typeOf(value);
  if (type !== undefined)
    return isApiVersion(type.apiVersion) ? undefined : `"${type.apiVersion.slice(0, 60)}" is no apiVersion`;
  if ('apiVersion' in value) return isChart(value) ? undefined : 'it has an apiVersion and no kind that is a word';
  // Other formats have a `kind` too; with metadata it is meant for Kubernetes.
  if ('kind' in value && 'metadata' in value) return 'it has a kind and no apiVersion that is a word';
  return undefined;
}

const isChart = (value: Mapping): boolean =>
  /^v[12]$/.test(textOf(value.apiVersion) ?? '') && 'name' in value && 'version' in value && !('metadata' in value);
