import type { OtherNodeGroup } from '../../contracts/items/cluster.ts';
import { addGroups } from '../../model/seen-nodes.ts';
import { addDrainFacts, type DrainFacts, noDrainFacts } from '../drain/drain-facts.ts';

/** What one part of a scan learns that another one needs. Plain JSON. */
export interface ClusterFacts {
  /** Custom resources by `group/kind`: what is said of each version. */
  crds: Record<string, { readonly versions: readonly CrdVersion[] }>;
  /** Services that the API server itself calls, and who needs them. */
  services: CalledService[];
  /** StorageClasses by name, and whether each is the default one. */
  storageClasses: Record<string, boolean>;
  /** The newest change of each sort: of a manager that writes a kind at a version that stays, of a workload's own spec. */
  changes: Record<string, Change>;
  /** What decides whether nodes can be drained. */
  drain: DrainFacts;
  /** Nodes outside managed groups; undefined until all nodes were read, each whole. */
  otherNodes?: OtherNodeGroup[];
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly deprecated: boolean;
  /** Its own warning, where it has one. */
  readonly warning?: string;
}

/** Something that has changed, by whom and when (RFC 3339). `what` ends a sentence: `wrote FlowSchema objects at …/v1`. */
export interface Change {
  readonly name: string;
  readonly time: string;
  readonly what: string;
  /** Of the objects that were written; absent for a workload that changed itself. */
  readonly kind?: string;
}

/** A webhook or an aggregated API, and the Service that it is behind. */
export interface CalledService {
  readonly namespace: string;
  readonly name: string;
  /** `ValidatingWebhookConfiguration`, `CustomResourceDefinition`, … */
  readonly kind: string;
  readonly object: string;
  readonly owner?: string;
  readonly cause: string;
  /** Whether requests fail when it does not answer. */
  readonly failsClosed: boolean;
  /** What it is asked about: `pods, deployments.apps`. */
  readonly about: string;
}

export const noFacts = (): ClusterFacts => ({
  crds: {},
  services: [],
  storageClasses: {},
  changes: {},
  drain: noDrainFacts(),
});

/** Puts what one list has told to what is known already. */
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
