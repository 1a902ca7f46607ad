import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';

/** One writer's word on which API version an object is written at. */
export interface Statement {
  readonly apiVersion: string;
  /** Differs from the object's own where kubectl was given another one. */
  readonly kind: string;
  readonly manager: string;
  readonly operation: 'Apply' | 'Update' | 'annotation';
  readonly subresource: string;
  /** RFC 3339; empty where nobody wrote it down. */
  readonly time: string;
  /** Somebody has written the object since. */
  readonly stale: boolean;
}

/** Parts of the control plane write at whatever version they were built with, and are updated with it (facts: deprecated-apis.md §3). */
const CONTROL_PLANE =
  /^(?:kube-controller-manager|kube-apiserver|kube-scheduler|cloud-controller-manager|kubelet|eks|eks-internal|eks\.[\w.-]+|api-priority-and-fairness-config-.*)$/;

const KUBECTL = /^kubectl(?:-client-side-apply|-create|-edit|-replace|-patch)?$/;
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Who wrote an object at which version. `Apply` entries hold the last version exactly; `Update` entries linger, so only the newest of each
 * manager counts. Of all of them the newest is what will be written again; older ones are traces, and so is kubectl's annotation once
 * anybody else has written the object (facts: deprecated-apis.md §3).
 */
export function statementsOf(kind: string, metadata: Mapping): Statement[] {
  const annotations = mappingOf(metadata.annotations);
  if (annotations['apf.kubernetes.io/autoupdate-spec'] === 'true') return [];
  const entries = newestPerManager(Array.isArray(metadata.managedFields) ? metadata.managedFields : [], kind);
  const newest = new Map<string, string>();
  for (const { subresource, time } of entries) {
    if (time > (newest.get(subresource) ?? '')) newest.set(subresource, time);
  }
  const statements = entries.map((entry) => ({ ...entry, stale: entry.time < (newest.get(entry.subresource) ?? '') }));
  const annotation = annotationStatement(annotations[APPLIED], kind, statements);
  return annotation === undefined ? statements : [...statements, annotation];
}

function newestPerManager(fields: readonly unknown[], kind: string): Omit<Statement, 'stale'>[] {
  const newest = new Map<string, Omit<Statement, 'stale'>>();
  for (const field of fields) {
    const entry = mappingOf(field);
    const [apiVersion, manager = 'unknown'] = [textOf(entry.apiVersion), textOf(entry.manager)];
    if (apiVersion === undefined || manager === 'ancient-changes' || CONTROL_PLANE.test(manager)) continue;
    const operation = entry.operation === 'Apply' ? 'Apply' : 'Update';
    const subresource = textOf(entry.subresource) ?? '';
    const time = textOf(entry.time) ?? '';
    const key = `${manager}/${operation}/${subresource}`;
    const known = newest.get(key);
    if (known === undefined || time >= known.time)
      newest.set(key, { apiVersion, kind, manager, operation, subresource, time });
  }
  return [...newest.values()];
}

/** The annotation has no time of its own; it is as old as kubectl's own entry, and outdated when another writer came later. */
function annotationStatement(annotation: unknown, kind: string, written: readonly Statement[]): Statement | undefined {
  if (typeof annotation !== 'string') return undefined;
  const applied = headOf(annotation);
  if (applied === undefined) return undefined;
  const main = written.filter(({ subresource }) => subresource === '');
  // kubectl's own entry says the same, and says when.
  if (main.some((entry) => KUBECTL.test(entry.manager) && entry.apiVersion === applied.apiVersion)) return undefined;
  const statement = {
    ...applied,
    kind: applied.kind ?? kind,
    manager: 'kubectl',
    operation: 'annotation',
    subresource: '',
  } as const;
  return { ...statement, time: '', stale: main.length > 0 };
}

/** apiVersion and kind of a configuration; nothing else of it is kept, since it may hold what is secret. */
function headOf(text: string): { apiVersion: string; kind?: string } | undefined {
  try {
    const value = mappingOf(JSON.parse(text));
    const [apiVersion, kind] = [textOf(value.apiVersion), textOf(value.kind)];
    return apiVersion === undefined ? undefined : { apiVersion, ...(kind === undefined ? {} : { kind }) };
  } catch {
    return undefined;
  }
}
