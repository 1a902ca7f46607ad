import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { Verdict } from './explanation.ts';

/** An upgrade that its rollout's abort left half-way: no rollout goes on with it, whatever parked it at first. */
export function halfDone(cluster: ClusterRecord, { from, to }: Upgrade, rollout: Rollout): Verdict {
  const text = `The rollout ${rollout.id} was aborted. The upgrade from ${from} to ${to} is half done and stays so until a person acts.`;
  const beyond = KubeVersion.parse(to).isOlderThan(KubeVersion.parse(cluster.version));
  // Somebody has taken the control plane further: no hop leads there, and what is left are the machines that follow it, each by itself.
  const condition = beyond
    ? `Somebody starts the state machines roll-node-group and update-addons by hand (aws stepfunctions start-execution) with {"cluster": "${cluster.arn}", "targetVersion": "${cluster.version}"}.`
    : `Somebody runs: liftlock upgrade cluster ${cluster.name} --to ${to} --approve`;
  return leftBy('Parked', rollout, condition, text);
}

/** One that a rollout is through with: nothing takes it up again by itself for that target, a rollout that a person creates does. */
export function takenOut(member: Member, rollout: Rollout): Verdict {
  const what = rollout.status === 'Aborted' ? 'was aborted' : `ended with ${member.name} ${member.status}`;
  const text = `The rollout ${rollout.id} ${what}. No other one begins by itself for ${member.name} and ${member.to}.`;
  const condition = `Somebody runs: liftlock rollout create ${rollout.policy}`;
  return leftBy('Waiting', rollout, condition, text, member.reasons);
}

function leftBy(
  state: Verdict['state'],
  rollout: Rollout,
  condition: string,
  text: string,
  more: readonly Reason[] = [],
): Verdict {
  const aborted = rollout.status === 'Aborted';
  const said = reason(aborted ? 'RolloutAborted' : 'TakenOut', text);
  // The rollout tells who aborted it and why; a member that the abort took out would only say again that it was.
  const others = more.filter(({ code }) => code !== 'RolloutAborted');
  return { state, reasons: [said, ...(aborted ? rollout.reasons : []), ...others], when: { at: null, condition } };
}
