import { parseConfig } from '../../core/config/parse-config.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { MutatingCall } from '../../core/contracts/mutating-calls.ts';
import { reason } from '../../core/contracts/step-result.ts';
import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { breakGlassOfCluster, breakGlassOfWave } from '../../core/operations/break-glass.ts';
import { deleteConfig } from '../../core/operations/delete-config.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { commit } from '../../core/protocol/commit.ts';
import { settleUpgrade } from '../../core/protocol/settle.ts';
import type { UpgradeEnd } from '../../core/protocol/settle-decision.ts';
import { reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import { requestGrant } from '../../core/steps/request-grant.ts';
import { Grants } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import type { World } from '../../simulator/process/world.ts';
import { DAY, recordOf as loadRecord, rolloutIdOf } from '../behaviour/small-fleet.ts';
import type { Act } from './interleave.ts';

const BY = 'arn:aws:iam::000000000000:role/Approver';
const OTHER = 'arn:aws:iam::000000000000:role/Lead';
const GLASS = { by: BY, reason: 'why', milliseconds: 3_600_000 };

const stage = (name: string, more: object = {}) => ({ name, selector: { matchLabels: { stage: name } }, ...more });

/** The policy of each moment: `dev` one after the other, then `prod` once somebody has approved. */
export const policyOf = (dev: object = {}, prod: object = {}, more: object = {}) => ({
  selector: {},
  target: 'latest',
  trigger: 'automatic',
  breakGlass: { from: ['arn:aws:iam::*:role/*'] },
  waves: [stage('dev', { maxConcurrency: 1, ...dev }), stage('prod', { approval: {}, ...prod })],
  ...more,
});

/** Applies the policy with another wave in place of `prod`. */
async function applyAnother(ports: Parameters<Act>[0]): Promise<unknown> {
  const { waves, ...spec } = policyOf();
  const another = { ...spec, waves: [waves[0], { ...stage('last'), selector: { matchLabels: { stage: 'prod' } } }] };
  const document = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'policy-0' },
    spec: another,
  };
  const { policies, errors } = parseConfig([{ path: 'another.yaml', text: JSON.stringify(document) }], { now: DAY });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return applyConfig(ports, policies, BY);
}

/** One look of the reconciler. */
export const look: Act = (ports) => reconcileRollouts(ports);

const target = KubeVersion.parse('1.37');

/** The steps of d1's hop, as its execution takes them, where it has its grant. */
async function stepsOf({ table }: World, { clusterKey, account, region }: ClusterRecord): Promise<Record<string, Act>> {
  const grant = (await load(table, Grants, clusterKey))?.data;
  if (grant?.status !== 'open') return {};
  const asker = { arn: grant.holder, name: grant.executionName };
  const call = (clientRequestToken: string): MutatingCall => ({
    name: 'UpdateClusterVersion',
    input: { name: 'd1', version: '1.37', clientRequestToken },
  });
  const wanted = {
    asker,
    clusterKey,
    scope: { account, region },
    step: 'upgrade-control-plane',
    subject: 'cluster',
    target,
  };
  const settle =
    (status: UpgradeEnd['status']): Act =>
    (ports) =>
      settleUpgrade(ports, clusterKey, grant.number, {
        status,
        reasons: [reason('StoppedFromOutside', 'It was stopped.')],
      });
  return {
    'commit of d1': (ports) => commit(ports, { ...wanted, attempt: 9, repeats: undefined, call, knownUpdateIds: [] }),
    'd1 is done': settle('done'),
    'd1 has failed': settle('failed'),
    'd1 parks': settle('parked'),
  };
}

/** Discovery reads a cluster. */
const recordOf =
  ({ account, region, name }: ClusterRecord): Act =>
  (ports) =>
    recordCluster(ports, { account, region, name, depth: 'shallow' });

/** Somebody has started an execution in Step Functions. */
const grantTo =
  ({ arn: cluster }: ClusterRecord): Act =>
  (ports) =>
    requestGrant(ports, {
      step: 'upgrade-cluster',
      execution: {
        arn: ports.executions.arnFor('upgrade-cluster', 'by-hand'),
        name: 'by-hand',
        startTime: DAY.toISOString(),
      },
      poll: 0,
      input: { cluster, targetVersion: '1.37' },
    });

/** What may happen at any moment of a world with the clusters d1, d2, p1 and p2. */
export async function actsOf(world: World): Promise<Readonly<Record<string, Act>>> {
  const id = await rolloutIdOf(world);
  const [d1, d2, p1] = await Promise.all(['d1', 'd2', 'p1'].map((name) => loadRecord(world, name)));
  if (d1 === undefined || d2 === undefined || p1 === undefined) throw new Error('a cluster is missing');
  return {
    ...(await stepsOf(world, d1)),
    look,
    'record d1': recordOf(d1),
    'record d2': recordOf(d2),
    'grant d1 to an execution by hand': grantTo(d1),
    'grant p1 to an execution by hand': grantTo(p1),
    pause: (ports) => pauseRollout(ports, id, BY, 'why'),
    resume: (ports) => resumeRollout(ports, id, BY, 'why'),
    'accept failures': (ports) => resumeRollout(ports, id, BY, 'why', { acceptFailures: true }),
    abort: (ports) => abortRollout(ports, id, BY, 'why'),
    promote: (ports) => promoteRollout(ports, id, BY, 'why'),
    approve: (ports) => voteOnWave(ports, id, 'prod', { decision: 'Approved', by: BY }),
    reject: (ports) => voteOnWave(ports, id, 'prod', { decision: 'Rejected', by: OTHER, comment: 'no' }),
    'skip d2': (ports) => skipCluster(ports, d2.clusterKey, BY, 'why'),
    'skip p1': (ports) => skipCluster(ports, p1.clusterKey, BY, 'why'),
    'retry d1': (ports) => retryCluster(ports, d1.clusterKey, BY),
    'release d1': (ports) => releaseCluster(ports, d1.clusterKey, BY),
    'stop the fleet': (ports) => stopFleet(ports, BY, 'why'),
    'resume the fleet': (ports) => resumeFleet(ports, BY, 'why'),
    'break the glass of p1': (ports) => breakGlassOfCluster(ports, p1, GLASS),
    'break the glass of prod': (ports) => breakGlassOfWave(ports, id, 'prod', GLASS),
    'upgrade p1': (ports) => requestUpgrade(ports, p1, '1.37', BY, { approve: true }),
    'roll d1 back': (ports) => requestRollback(ports, d1, BY, { approve: true, reason: 'why' }),
    'apply another policy': applyAnother,
    'delete the policy': (ports) => deleteConfig(ports, { kind: 'UpgradePolicy', name: 'policy-0' }, BY, 'why'),
  };
}
