import { remembered } from '../../model/remembered.ts';
import { holds } from '../../selector/match.ts';
import type { DrainFacts, DrainNode, NodeRequirement, NodeTerm, PodShape, Taint, Toleration } from './drain-facts.ts';

/** Whether the replacement of an evicted pod will run: it will, it is not known, or no node of these shapes could ever take it. */
export type Return = 'returns' | 'perhaps' | 'never';

const HOSTNAME = 'kubernetes.io/hostname';
/** Labels that differ between the nodes of a group although nobody set them, and whose values a new node may have too. */
const VARYING =
  /^(topology\.|failure-domain\.|node\.kubernetes\.io\/instance-type|beta\.kubernetes\.io\/instance-type|topology\.ebs\.)/;

/**
 * Decides for shapes of pods whether a new node of a drained group could take one. It checks necessary conditions only (selectors, taints, volumes
 * and size) and is no scheduler. A new node has the labels and taints of the group, and a name of its own.
 * @param goes nodes that are drained
 */
export function createPlacement(facts: DrainFacts, goes: ReadonlySet<DrainNode>): (shape: PodShape) => Return {
  const groups = Map.groupBy(goes, ({ nodegroup = '' }) => nodegroup);
  const fresh = [...groups.values()].flatMap(freshNodes);
  const staying = facts.nodes.filter((node) => !goes.has(node) && node.ready && !node.unschedulable);
  return remembered((shape): Return => {
    const volumes = shape.claims.map((claim) => facts.volumes.claims[`${shape.namespace}/${claim}`]);
    // A claim without a volume is bound when the pod is placed.
    const reach = volumes.flatMap((volume) => (volume === undefined ? [] : [facts.volumes.nodes[volume] ?? []]));
    const takes = (node: DrainNode) => fits(shape, reach, node);
    if (fresh.some(({ sure }) => takes(sure))) return 'returns';
    // The pod may fit by labels that were set on single nodes, or by free room on a node of another group, which is not counted here.
    return fresh.some(({ whole }) => takes(whole)) || staying.some(takes) ? 'perhaps' : 'never';
  });
}

/** The shape of the new nodes of a group. `sure` has the labels that all nodes of the group have; `whole` has those of one old node. */
function freshNodes(group: readonly DrainNode[]): { readonly sure: DrainNode; readonly whole: DrainNode }[] {
  const seen = new Set<string>();
  return group.flatMap((node) => {
    const own = Object.entries(node.labels).filter(([key]) => key !== HOSTNAME);
    const kept = own.filter(([key, value]) => VARYING.test(key) || group.every(({ labels }) => labels[key] === value));
    const taints = node.taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
    const common = { ...node, name: '', taints, ready: true, unschedulable: false };
    const [whole, sure] = [own, kept].map((labels) => ({ ...common, labels: Object.fromEntries(labels) }));
    const key = JSON.stringify([whole, sure]);
    if (whole === undefined || sure === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ whole, sure }];
  });
}

function fits(shape: PodShape, volumes: readonly (readonly NodeTerm[])[], node: DrainNode): boolean {
  const { cpu = Number.POSITIVE_INFINITY, memory = Number.POSITIVE_INFINITY } = node;
  if (shape.cpu > cpu || shape.memory > memory) return false;
  const repelling = node.taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  if (repelling.some((taint) => !shape.tolerations.some((toleration) => tolerates(toleration, taint)))) return false;
  return [shape.terms, ...volumes].every((terms) => terms.length === 0 || terms.some((term) => meets(term, node)));
}

export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== undefined && key !== taint.key) return false;
  return operator === 'Exists' || (key !== undefined && value === taint.value);
}

const meets = (term: NodeTerm, node: DrainNode): boolean => term.every((requirement) => isMet(requirement, node));

function isMet({ key, operator, values }: NodeRequirement, { name, labels }: DrainNode): boolean {
  const value = key === 'metadata.name' ? name : labels[key];
  if (operator !== 'Gt' && operator !== 'Lt') return holds({ operator, values }, value);
  const [limit] = values.map(Number);
  if (value === undefined || limit === undefined || !/^-?\d+$/.test(value)) return false;
  return operator === 'Gt' ? Number(value) > limit : Number(value) < limit;
}
