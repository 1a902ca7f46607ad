import { given } from '../../model/given.ts';
import { parseJson } from '../../model/parse-json.ts';
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

/**
 * Parts of the control plane write at whatever version they were built with, and are updated with it (facts: deprecated-apis.md §3). The
 * first ones keep whole objects as they should be; the others touch objects of everybody.
 */
const MAINTAINERS = /^(?:kube-apiserver|eks|eks-internal|eks\.[\w.-]+|api-priority-and-fairness-config-.*)$/;
const CONTROLLERS = /^(?:kube-controller-manager|kube-scheduler|cloud-controller-manager|kubelet)$/;
/** Kinds whose specs the API server writes anew at every start where this annotation says so. */
const KEPT_BY_API_SERVER = new Set(['FlowSchema', 'PriorityLevelConfiguration']);
const KEEPS = 'apf.kubernetes.io/autoupdate-spec';

const KUBECTL = /^kubectl(?:-client-side-apply|-create|-edit|-replace|-patch)?$/;
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface Entry extends Omit<Statement, 'stale'> {
  /** It wrote labels, annotations or the status only: whoever wrote the rest goes on writing it. */
  readonly partial: boolean;
}

/**
 * Tells who wrote an object at which version. `Apply` entries hold the last version exactly; `Update` entries linger, so only the newest of each
 * manager counts. Of all of them the newest is what will be written again; older ones are traces when somebody has written the object at
 * another version since, and so is kubectl's annotation once anybody else has written the object (facts: deprecated-apis.md §3).
 */
export function statementsOf(kind: string, metadata: Mapping): Statement[] {
  const annotations = mappingOf(metadata.annotations);
  if (KEPT_BY_API_SERVER.has(kind) && annotations[KEEPS] === 'true') return [];
  const entries = newestPerManager(Array.isArray(metadata.managedFields) ? metadata.managedFields : [], kind);
  const statements = entries
    .filter(({ manager }) => !MAINTAINERS.test(manager))
    .map(({ partial, ...entry }) => ({
      ...entry,
      stale: entries.some((other) => supersedes(other, { ...entry, partial })),
    }));
  const annotation = annotationStatement(annotations[APPLIED], kind, entries);
  return annotation === undefined ? statements : [...statements, annotation];
}

/** What has no time is not known to be older than anything. */
const supersedes = (other: Entry, entry: Entry): boolean =>
  entry.time !== '' &&
  (!other.partial || entry.partial) &&
  other.time > entry.time &&
  other.subresource === entry.subresource &&
  other.apiVersion !== entry.apiVersion;

function newestPerManager(fields: readonly unknown[], kind: string): Entry[] {
  const entries = fields.flatMap((field) => entryOf(mappingOf(field), kind) ?? []);
  return entries.filter(
    (entry) =>
      !entries.some(
        (other) => other.manager === entry.manager && other.operation === entry.operation && supersedes(other, entry),
      ),
  );
}

function entryOf(field: Mapping, kind: string): Entry | undefined {
  const [apiVersion, manager = 'unknown'] = [textOf(field.apiVersion), textOf(field.manager)];
  if (apiVersion === undefined || manager === 'ancient-changes' || CONTROLLERS.test(manager)) return undefined;
  const operation = field.operation === 'Apply' ? 'Apply' : 'Update';
  return {
    ...{ apiVersion, kind, manager, operation },
    ...{ subresource: textOf(field.subresource) ?? '', time: textOf(field.time) ?? '' },
    partial: isPartial(mappingOf(field.fieldsV1)),
  };
}

function isPartial(fields: Mapping): boolean {
  const names = Object.keys(fields).filter((name) => name !== '.');
  return names.length > 0 && names.every((name) => name === 'f:metadata' || name === 'f:status');
}

/** The annotation has no time of its own; it is as old as kubectl's own entry, and outdated when another writer came later. */
function annotationStatement(annotation: unknown, kind: string, written: readonly Entry[]): Statement | undefined {
  if (typeof annotation !== 'string') return undefined;
  const applied = headOf(annotation);
  if (applied === undefined) return undefined;
  const main = written.filter(({ subresource, partial }) => subresource === '' && !partial);
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
  const value = mappingOf(parseJson(text));
  const [apiVersion, kind] = [textOf(value.apiVersion), textOf(value.kind)];
  return apiVersion === undefined ? undefined : { apiVersion, ...given({ kind }) };
}
