import type { OtherNodeGroup } from '../../contracts/items/cluster.ts';
import { addGroups } from '../../model/seen-nodes.ts';
import { addDrainFacts, type DrainFacts, noDrainFacts } from '../drain/drain-facts.ts';

/** Facts that one part of a scan learns and another one needs, as plain JSON. */
export interface ClusterFacts {
  /** Custom resources by `group/kind`, with the state of each version. */
  crds: Record<string, { readonly versions: readonly CrdVersion[] }>;
  /** Services that the API server itself calls, and which object needs them. */
  services: CalledService[];
  /** StorageClasses by name, and whether each is the default one. */
  storageClasses: Record<string, boolean>;
  /** The newest change of each sort: by a manager that writes a kind at a version that stays, or of a workload's spec. */
  changes: Record<string, Change>;
  /** The facts that decide whether nodes can be drained. */
  drain: DrainFacts;
  /** Nodes outside managed groups; undefined until the list of nodes was read completely. */
  otherNodes?: OtherNodeGroup[];
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly deprecated: boolean;
  /** Its own warning, where it has one. */
  readonly warning?: string;
}

/** A change, with its author and time (RFC 3339). `what` ends a sentence: `wrote FlowSchema objects at …/v1`. */
export interface Change {
  readonly name: string;
  readonly time: string;
  readonly what: string;
  /** The kind of the objects that were written; absent for a workload that changed itself. */
  readonly kind?: string;
}

/** A webhook or an aggregated API, and its Service. */
export interface CalledService {
  readonly namespace: string;
  readonly name: string;
  /** `ValidatingWebhookConfiguration`, `CustomResourceDefinition`, … */
  readonly kind: string;
  readonly object: string;
  readonly owner?: string;
  readonly cause: string;
  /** Whether requests fail when the Service does not answer. */
  readonly failsClosed: boolean;
  /** The resources that it is called for: `pods, deployments.apps`. */
  readonly about: string;
}

export const noFacts = (): ClusterFacts => ({
  crds: {},
  services: [],
  storageClasses: {},
  changes: {},
  drain: noDrainFacts(),
});

/** Adds the facts of one list to the known ones. */
export function addFacts(
  known: ClusterFacts,
  { crds, services, storageClasses, changes, otherNodes, drain }: ClusterFacts,
): void {
  Object.assign(known.crds, crds);
  Object.assign(known.storageClasses, storageClasses);
  known.services.push(...services);
  addDrainFacts(known.drain, drain);
  if (otherNodes !== undefined) known.otherNodes = addGroups([...(known.otherNodes ?? []), ...otherNodes]);
  for (const [key, change] of Object.entries(changes)) {
    if (change.time > (known.changes[key]?.time ?? '')) known.changes[key] = change;
  }
}
