import { given } from '../../model/given.ts';
import type { Problem } from '../judge/observation.ts';
import type { DrainFacts, DrainNode } from './drain-facts.ts';

const MOST_NAMED = 5;

/**
 * What is not well before anything moves, and is only told: nodes that are not Ready, cordoned or under pressure take no pods of those that are
 * drained, and a rollout that somebody has paused goes on in the middle of the upgrade or not at all.
 */
export function observeHealth({ nodes, paused, owners }: DrainFacts): Problem[] {
  return [
    ...ofNodes(nodes, 'NodeNotReady', ({ ready }) => !ready, {
      says: 'not Ready',
      fix: 'See what its kubelet says (kubectl describe node), or replace it: the smoke check after the upgrade would find it, too.',
    }),
    ...ofNodes(nodes, 'NodeCordoned', ({ unschedulable, ready }) => unschedulable && ready, {
      says: 'cordoned by somebody, and takes no pods of nodes that are drained',
      fix: 'Uncordon it (kubectl uncordon), or drain and replace it before the upgrade.',
    }),
    ...ofNodes(nodes, 'NodePressure', ({ pressures = [] }) => pressures.length > 0, {
      says: 'under pressure, and evicts pods itself',
      fix: 'Free what it is short of (kubectl describe node), or give its group larger nodes.',
    }),
    ...paused.map((workload) => pausedRollout(workload, owners[`Deployment/${workload}`])),
  ];
}

type NodeRule = 'NodeNotReady' | 'NodeCordoned' | 'NodePressure';

/** One for each node group: its nodes are mended together. */
function ofNodes(
  nodes: readonly DrainNode[],
  rule: NodeRule,
  isSo: (node: DrainNode) => boolean,
  { says, fix }: { readonly says: string; readonly fix: string },
): Problem[] {
  const groups = Map.groupBy(nodes.filter(isSo), ({ nodegroup }) => nodegroup);
  return [...groups].map(([group, found]): Problem => {
    const names = found.map(({ name }) => name);
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    const of = group === undefined ? 'outside of managed groups' : `of node group ${group}`;
    return {
      ...told(rule, { kind: 'Node', name: names[0] ?? '' }, `nodegroup:${group ?? 'none'}`),
      evidence: [`${names.slice(0, MOST_NAMED).join(', ')}${more}.`],
      message: `${names.length === 1 ? 'A node' : `${names.length} nodes`} ${of} ${names.length === 1 ? 'is' : 'are'} ${says}.`,
      fix,
    };
  });
}

function pausedRollout(workload: string, owner: string | undefined): Problem {
  const [namespace = '', name = ''] = workload.split('/');
  return {
    ...told('WorkloadPaused', { kind: 'Deployment', namespace, name }, `workload:${workload}`),
    ...given({ owner }),
    evidence: ['spec.paused is true.'],
    message: `The rollout of Deployment ${workload} is paused: pods of two revisions may run, and changes wait.`,
    fix: `End it before the upgrade: kubectl -n ${namespace} rollout resume deployment ${name}, or undo what it was for.`,
  };
}

type Told = Omit<Problem, 'evidence' | 'message' | 'fix'>;

const told = (rule: NodeRule | 'WorkloadPaused', subject: Problem['subject'], cause: string): Told => ({
  type: 'problem',
  source: 'drain',
  reason: 'preflight',
  severity: 'warning',
  confidence: 'high',
  rule,
  subject,
  cause,
});
