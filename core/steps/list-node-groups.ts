import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, reason, type StepResult } from '../contracts/step-result.ts';
import { isResult, openStep, type StepPorts } from './context.ts';

/** The node groups that `roll-node-group` goes through, one after the other (docs/adr/0006). */
export async function listNodeGroups(
  ports: StepPorts,
  stepInput: StepInput,
): Promise<StepResult & { readonly nodegroups: readonly string[] }> {
  const context = await openStep(ports, stepInput, 'grant');
  if (isResult(context)) return { ...context, nodegroups: [] };
  const { name, scope, input } = context;
  const groups = (await ports.eks.listNodegroups(scope, { clusterName: name })).sort();
  if (input.nodegroup === undefined)
    return { ...done(reason('Listed', `${groups.length} node groups of ${name}.`)), nodegroups: groups };
  if (groups.includes(input.nodegroup)) return { ...done(), nodegroups: [input.nodegroup] };
  return {
    ...blocked(
      reason('NoSuchNodegroup', `${name} has no node group ${input.nodegroup}; it has ${groups.join(', ') || 'none'}.`),
    ),
    nodegroups: [],
  };
}
