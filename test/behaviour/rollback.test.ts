import { SEVEN_DAYS } from '../../core/model/way-back.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { ApiFault } from '../../simulator/kubernetes/faults/api-fault.ts';
import type { World } from '../../simulator/process/world.ts';
import { ELSEWHERE, MUTATIONS } from '../e2e/crash-scenarios.ts';
import { keyOf } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  clusterArn,
  hours,
  memberOf,
  mutationsOf,
  onlyCluster,
  PERSON,
  recordOf,
  run,
  type SmallFleet,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const fleet = (more: Partial<SmallFleet> = {}) => smallFleet({ clusters: [web], ...more });
const upgraded = async (more: Partial<SmallFleet> = {}) => {
  const world = await fleet(more);
  await run(world);
  return world;
};
const goBack = async (world: World, approve = true) =>
  requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve });
const callsOf = (world: World, from = 0) =>
  mutationsOf(world)
    .slice(from)
    .map(({ operation, request }) => `${operation} ${request.version ?? request.addonName ?? ''}`.trim());
const saidOf = async (world: World) => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  return [state, reasons.map(({ code }) => code), when.condition];
};
const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
const kubeletsOf = (world: World) =>
  Object.values(world.eks.state.clusters).flatMap(({ kubernetes }) =>
    kubernetes.nodes.map(({ kubeletVersion }) => kubeletVersion.slice(1, 5)),
  );
const BACK = ['UpdateNodegroupVersion 1.36', 'UpdateAddon kube-proxy', 'UpdateClusterVersion 1.36'];
const IS_BACK = ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded'];

test('a cluster goes back: nodes, add-ons, control plane; its hop counts as failed, and nothing takes it up again', async () => {
  const world = await upgraded();
  const before = mutationsOf(world).length;
  const plan = await goBack(world, false);
  expect([plan.status, plan.from, plan.to, plan.refusals]).toEqual(['NotApproved', '1.37', '1.36', []]);
  expect(plan.notes.map(({ code }) => code)).toEqual(['NodesGoBack', 'AddonsFirst']);
  expect(mutationsOf(world).length).toBe(before);
  expect((await goBack(world)).status).toBe('Started');
  expect((await saidOf(world))[0]).toBe('RollingBack');
  await run(world);
  expect(callsOf(world, before)).toEqual(BACK);
  expect([versionOf(world, 'web'), kubeletsOf(world)]).toEqual(['1.36', ['1.36', '1.36']]);
  expect(await endsOf(world)).toEqual(IS_BACK);
  expect((await memberOf(world, 'web')).status).toBe('Failed');
  const [wave] = await wavesOf(world);
  expect([wave?.status, wave?.failed, wave?.succeeded]).toEqual(['Halted', 1, 0]);
  await hours(world, 50);
  expect(versionOf(world, 'web')).toBe('1.36');
  expect(await saidOf(world)).toEqual([
    'Held',
    ['Held'],
    'Somebody removes the cause and runs: liftlock retry cluster web (or release).',
  ]);
  // EKS takes it back once.
  const again = await goBack(world, false);
  expect([again.status, again.refusals.map(({ code }) => code)]).toEqual(['Blocked', ['TakenBackOnce']]);
  await retryCluster(world.ports, await keyOf(world, 'web'), PERSON);
  await run(world);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
    '1.37',
    ['1.36-1.37 Succeeded', 'rollback-1.37-1.36 Succeeded'],
  ]);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
});

test('while it bakes its nodes have not followed, and only kube-proxy and the control plane go back', async () => {
  const world = await fleet({ policy: { waves: [{ name: 'all', bake: '24h' }] } });
  await hours(world, 3);
  expect(await endsOf(world)).toEqual(['1.36-1.37 Parked']);
  const before = mutationsOf(world).length;
  await goBack(world);
  await run(world);
  expect([callsOf(world, before), await endsOf(world)]).toEqual([['UpdateClusterVersion 1.36'], IS_BACK]);
  const [wave] = await wavesOf(world);
  expect([wave?.failed, wave?.inFlight]).toEqual([1, 0]);
});

test('a hop that runs parks at its next change, and what it has half rolled goes back', async () => {
  const world = await fleet({ clusters: [{ ...web, nodegroups: [{ name: 'a' }, { name: 'b' }] }] });
  onStep(world, 'roll-node-group/a', 'done', 'web', () => void goBack(world));
  await run(world);
  // The rest of the hop was not begun.
  expect(callsOf(world)).not.toContain('UpdateAddon kube-proxy');
  expect([await endsOf(world), kubeletsOf(world)]).toEqual([IS_BACK, ['1.36', '1.36', '1.36', '1.36']]);
});

test.each(['1.36', '1.35'])(
  'a group whose roll from %s has failed half-way goes back whole, though EKS says that it never left',
  async (version) => {
    const world = await fleet({
      clusters: [{ ...web, nodegroups: [{ name: 'workers', nodes: 2, version }] }],
      prepare: (state) =>
        void state.plannedFailures.push({
          ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
          ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
        }),
    });
    await run(world);
    expect(await endsOf(world)).toEqual(['1.36-1.37 Failed']);
    const [node] = Object.values(world.eks.state.clusters)[0]?.kubernetes.nodes ?? [];
    if (node !== undefined) Object.assign(node, { kubeletVersion: 'v1.37.1-eks-x' });
    await goBack(world);
    await run(world);
    expect([await endsOf(world), kubeletsOf(world)]).toEqual([IS_BACK, ['1.36', '1.36']]);
  },
);

test('started by hand it does the same, and its way is checked', async () => {
  const world = await upgraded();
  const input = { cluster: clusterArn('web'), targetVersion: '1.36' };
  await startByHand(world, 'rollback-cluster', input);
  await run(world);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual(['1.36', IS_BACK]);
});

describe('killed at each boundary it ends the same', () => {
  // A person starts it, and its first state asks for its grant; automatic-rollbacks.test.ts has those that the reconciler grants and starts.
  const others = ELSEWHERE.filter(({ faults }) => faults.every(({ operation }) => operation !== 'start-execution')).map(
    ({ name, faults }) => ({
      name,
      faults: faults.map((one) => (one.operation === 'grant' ? { ...one, function: 'request-grant' as const } : one)),
    }),
  );
  test.each([...MUTATIONS, ...others].map(({ name, faults }) => [name, faults] as const))('%s', async (_, faults) => {
    const armed = new Faults([]);
    const world = await upgraded({ armed });
    for (const fault of faults) armed.arm(fault);
    await goBack(world);
    await run(world);
    expect(armed.hits.length).toBeGreaterThan(0);
    expect([versionOf(world, 'web'), kubeletsOf(world), await endsOf(world)]).toEqual([
      '1.36',
      ['1.36', '1.36'],
      IS_BACK,
    ]);
  });
});

const deprecated = { id: 'i', name: 'Stored objects', category: 'ROLLBACK_READINESS' as const };
const insight =
  (status: 'ERROR' | 'UNKNOWN', more: object = {}) =>
  (world: World) => {
    const insightStatus = { status, reason: 'networking.k8s.io/v1 servicecidrs is in use.' };
    onlyCluster(world).insights.items.push({
      ...{ ...deprecated, ...more },
      kubernetesVersion: '1.36',
      imported: true,
      insightStatus,
    } as never);
  };
const othersAt =
  (labels: Record<string, string>, kubeletVersion = 'v1.37.0-eks-x') =>
  (world: World) => {
    const [node] = onlyCluster(world).kubernetes.nodes;
    const own = { name: 'other', labels, kubeletVersion, ready: true };
    if (node !== undefined)
      onlyCluster(world).kubernetes.nodes.push({ ...structuredClone(node), ...own, nodegroupName: undefined } as never);
  };

describe('what EKS or nobody takes back is found before anything is changed, and the cluster is free again', () => {
  test.each<[string, (world: World) => unknown, string, string]>([
    ['an insight of EKS', insight('ERROR'), 'RollbackInsight', 'servicecidrs'],
    ['one that EKS could not evaluate', insight('UNKNOWN'), 'RollbackInsight', 'EKS says UNKNOWN'],
    [
      'a node pool of Auto Mode whose budget lets no node drift',
      insight('ERROR', {
        name: 'NodePool disruption budget rollback compatibility',
        recommendation: 'Lift nodes: "0".',
      }),
      ...(['RollbackInsight', 'Lift nodes: "0".'] as const),
    ],
    ['pods on Fargate', othersAt({ 'eks.amazonaws.com/compute-type': 'fargate' }), 'NodesFirst', '1 Fargate node'],
    [
      'nodes of Karpenter',
      othersAt({ 'karpenter.sh/nodepool': 'spot' }),
      'NodesFirst',
      'an alias follows the control plane',
    ],
    [
      'a group with an AMI of its own',
      (world) => {
        for (const group of onlyCluster(world).nodegroups) group.amiType = 'CUSTOM';
      },
      'NodesFirst',
      'workers runs a custom AMI',
    ],
    [
      'an add-on that has no version there',
      (world) => {
        onlyCluster(world).addons.push({
          ...structuredClone(onlyCluster(world).addons[0]),
          name: 'adot',
          version: 'v9.9.9-eksbuild.1',
        } as never);
      },
      'AddonUnknown',
      'adot',
    ],
  ])('%s', async (_, prepare, code, text) => {
    const world = await upgraded();
    const before = mutationsOf(world).length;
    prepare(world);
    await goBack(world);
    await run(world);
    const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
    expect([back?.status, back?.reasons.find((one) => one.code === code)?.message]).toEqual([
      'Blocked',
      expect.stringContaining(text),
    ]);
    expect(mutationsOf(world).length).toBe(before);
    expect((await saidOf(world))[0]).toBe('UpToDate');
  });

  test('the seven days are over', async () => {
    const world = await upgraded();
    await hours(world, 7 * 24);
    const { status, refusals } = await goBack(world, false);
    expect([status, refusals.map(({ code }) => code)]).toEqual(['Blocked', ['TooLate']]);
    await expect(goBack(world)).rejects.toThrow('EKS rolls back within 7 days');
    await startByHand(world, 'rollback-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' });
    await run(world);
    const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
    const [hop] = await upgradesOf(world);
    const end = new Date(Date.parse(hop?.controlPlaneCompletedAt ?? '') + SEVEN_DAYS).toISOString();
    expect([back?.status, back?.reasons[0], versionOf(world, 'web')]).toEqual([
      'Blocked',
      { code: 'TooLate', message: expect.stringContaining(`within 7 days, until ${end}.`) },
      '1.37',
    ]);
    expect(refusals[0]?.message).toContain(end);
  });

  test('a minor that somebody else has left, of which EKS has nothing on file: the next plan and explain say so', async () => {
    const world = await upgraded({ clusters: [{ ...web, version: '1.37' }] });
    const first = await goBack(world, false);
    expect([first.refusals, first.notes.map(({ code }) => code)]).toEqual([[], ['NotObserved']]);
    await goBack(world);
    await run(world);
    expect(await endsOf(world)).toEqual(['rollback-1.37-1.36 Blocked']);
    const { rollback, stoppedBy } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect([rollback.status, rollback.reasons.map(({ code }) => code)]).toEqual(['NotReversible', ['NotObserved']]);
    expect(stoppedBy).toHaveLength(1);
    expect((await goBack(world, false)).refusals).toEqual(rollback.reasons);
  });

  test('two minors, or up, by hand', async () => {
    const world = await upgraded();
    for (const targetVersion of ['1.35', '1.37', '1.38']) {
      const said = await startByHand(
        world,
        'rollback-cluster',
        { cluster: clusterArn('web'), targetVersion },
        `to-${targetVersion}`.replace('.', '-'),
      );
      expect(JSON.stringify(said)).toContain('NotOneMinorBack');
    }
    expect(await endsOf(world)).toEqual(['1.36-1.37 Succeeded']);
  });

  test('a minor in extended support under the policy STANDARD', async () => {
    const world = await fleet({
      clusters: [{ ...web, version: '1.33', supportType: 'STANDARD' }],
      policy: { target: '1.34' },
    });
    await run(world);
    const { refusals } = await goBack(world, false);
    expect(refusals.map(({ code }) => code)).toEqual(['NeedsExtendedSupport']);
  });
});

describe('a rollback that is begun', () => {
  test.each<ApiFault>([
    { kind: 'server-error', status: 503, on: 'nodes', times: 3 },
    { kind: 'too-many-requests', retryAfterSeconds: 1, on: 'nodes', times: 3 },
    { kind: 'connection-reset', when: 'during-body', on: 'nodes', times: 3 },
  ])('waits for an API server that fails while its way is checked: %j', async (fault) => {
    const world = await upgraded();
    onlyCluster(world).kubernetes.faults = [fault];
    await goBack(world);
    await run(world);
    expect([await endsOf(world), onlyCluster(world).kubernetes.faults]).toEqual([IS_BACK, []]);
  });

  test('waits while the fleet is stopped, and goes on after it', async () => {
    const world = await upgraded();
    onStep(world, 'roll-node-group/workers', 'done', 'web', () => void stopFleet(world.ports, PERSON, 'look'));
    await goBack(world);
    await hours(world, 5);
    expect((await saidOf(world)).slice(0, 2)).toEqual(['RollingBack', ['FleetStopped']]);
    expect(versionOf(world, 'web')).toBe('1.37');
    await resumeFleet(world.ports, PERSON);
    await run(world);
    expect(await endsOf(world)).toEqual(IS_BACK);
  });

  test('by hand while a hop runs keeps the next hop away', async () => {
    const world = await fleet({ clusters: [{ ...web, version: '1.35' }] });
    const input = { cluster: clusterArn('web'), targetVersion: '1.35' };
    onStep(world, 'update-addons-after', 'done', 'web', () => void startByHand(world, 'rollback-cluster', input));
    await run(world);
    expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
      '1.35',
      ['1.35-1.36 RolledBack', 'rollback-1.36-1.35 Succeeded'],
    ]);
  });

  test('waits for what somebody else has begun', async () => {
    const world = await upgraded();
    const caller = { account: '111111111111', region: 'eu-central-1', principal: 'arn:aws:iam::111111111111:role/ann' };
    onStep(world, 'roll-node-group/workers', 'done', 'web', () => {
      const config = { clusterName: 'web', nodegroupName: 'workers', labels: { addOrUpdateLabels: { a: 'b' } } };
      world.eks.operation('UpdateNodegroupConfig', config, caller, world.clock.now());
    });
    await goBack(world);
    await run(world);
    expect(await endsOf(world)).toEqual(IS_BACK);
  });

  test('ends when its cluster is deleted', async () => {
    const world = await upgraded();
    onStep(world, 'roll-node-group/workers', 'done', 'web', () => {
      const caller = {
        account: '111111111111',
        region: 'eu-central-1',
        principal: 'arn:aws:iam::111111111111:role/ann',
      };
      onlyCluster(world).nodegroups.length = 0;
      world.eks.operation('DeleteCluster', { name: 'web' }, caller, world.clock.now());
    });
    await goBack(world);
    await run(world);
    const [, back] = await upgradesOf(world);
    expect([back?.status, back?.reasons[0]?.code]).toEqual(['Canceled', 'Gone']);
  });

  test('is given up by a release while it waits, and refuses a retry', async () => {
    const world = await upgraded();
    await stopFleet(world.ports, PERSON, 'look');
    await startByHand(world, 'rollback-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' });
    await hours(world, 1);
    const key = await keyOf(world, 'web');
    await expect(retryCluster(world.ports, key, PERSON)).rejects.toThrow('To give the rollback up');
    await releaseCluster(world.ports, key, PERSON);
    await resumeFleet(world.ports, PERSON);
    await run(world);
    expect([await endsOf(world), versionOf(world, 'web'), (await saidOf(world))[0]]).toEqual([
      ['1.36-1.37 Succeeded', 'rollback-1.37-1.36 Canceled'],
      '1.37',
      'UpToDate',
    ]);
  });

  test('that fails holds the cluster, and is tried again by asking again', async () => {
    const world = await upgraded();
    world.eks.state.plannedFailures.push({
      ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
      ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
    });
    await goBack(world);
    await run(world);
    expect(await endsOf(world)).toEqual(['1.36-1.37 Succeeded', 'rollback-1.37-1.36 Failed']);
    const [state, , condition] = await saidOf(world);
    expect([state, condition]).toEqual([
      'Held',
      expect.stringMatching(/^Somebody runs: liftlock rollback cluster web --approve, /),
    ]);
    await goBack(world);
    await run(world);
    expect([await endsOf(world), versionOf(world, 'web')]).toEqual([IS_BACK, '1.36']);
  });
});
