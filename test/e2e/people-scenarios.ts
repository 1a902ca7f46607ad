import type { StepResult } from '../../core/contracts/step-result.ts';
import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { transactWithAudit } from '../../core/store/audit.ts';
import { Clusters, Grants, Rollouts, Waves } from '../../core/store/entities.ts';
import { decode, load, loadKind, replace } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX, machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import type { Scenario } from './scenario.ts';

const PERSON = 'arn:aws:iam::000000000000:role/operator';
const HOUR = 3_600_000;
const FUNCTIONS = ['update-addons', 'upgrade-control-plane', 'roll-node-group'] as const;

export function later(world: World, milliseconds: number, run: () => Promise<unknown>): void {
  world.clock.schedule(new Date(world.clock.now().getTime() + milliseconds), async () => void (await run()));
}

async function stopForAnHour(world: World): Promise<void> {
  await stopFleet(world.ports, PERSON, 'something looks wrong');
  later(world, HOUR, () => resumeFleet(world.ports, PERSON));
}

async function pauseForAnHour(world: World): Promise<void> {
  for (const { id, status } of await loadKind(world.table, Rollouts)) {
    if (status !== 'Running') continue;
    await pauseRollout(world.ports, id, PERSON, 'lunch');
    later(world, HOUR, () => resumeRollout(world.ports, id, PERSON));
  }
}

/** Sets a tag at EKS and lets the inventory see it, as a CloudTrail event would; takes it away an hour later. */
async function excludeForAnHour(world: World, clusterKey: string | undefined): Promise<void> {
  const read = clusterKey === undefined ? undefined : await load(world.table, Clusters, clusterKey);
  if (read === undefined) return;
  const { arn, account, region, name } = read.data;
  const cluster = world.eks.state.clusters[arn];
  if (cluster === undefined) return;
  const record = () => recordCluster(world.ports, { account, region, name, depth: 'deep' });
  cluster.tags['liftlock/paused'] = 'true';
  await record();
  later(world, HOUR, async () => {
    cluster.tags['liftlock/paused'] = 'false';
    await record();
  });
}

async function haltWave(world: World): Promise<void> {
  for (const item of await world.table.queryKind(Waves.kind)) {
    const wave = decode(Waves, item);
    if (wave.data.status === 'Open')
      await transactWithAudit(
        world.table,
        [replace(Waves, wave, { ...wave.data, status: 'Halted' })],
        [{ subject: `rollout/${wave.data.rolloutId}`, event: 'WaveHalted', principal: PERSON, detail: {} }],
        world.clock.now(),
      );
  }
}

const betweenDecisionAndCommit: Scenario[] = FUNCTIONS.flatMap((name) => [
  {
    name: `${name}: fleet stopped between decision and commit`,
    faults: [{ when: 'before', operation: 'commit', function: name, effect: { kind: 'act', act: stopForAnHour } }],
  },
  {
    name: `${name}: rollout paused between decision and commit`,
    faults: [{ when: 'before', operation: 'commit', function: name, effect: { kind: 'act', act: pauseForAnHour } }],
  },
  {
    name: `${name}: cluster excluded between decision and commit`,
    faults: [
      {
        when: 'before',
        operation: 'commit',
        function: name,
        effect: { kind: 'act', act: (world, { clusterKey }) => excludeForAnHour(world, clusterKey) },
      },
    ],
    // Untouched before its first mutation, the cluster leaves the rollout; otherwise it goes on an hour later.
    compare: name !== 'update-addons' && name !== 'upgrade-control-plane',
  },
]);

const holders = async (world: World): Promise<{ arn: string; name: string }[]> => {
  const grants = await loadKind(world.table, Grants);
  return grants
    .filter((grant) => grant.status === 'open')
    .map((grant) => ({ arn: grant.holder, name: grant.executionName }));
};

/** Stops every running upgrade by hand; an hour later the steps of one wake up, as a late child would. */
async function stopExecutions(world: World): Promise<void> {
  const running = await holders(world);
  for (const { arn } of running)
    await world.runner.stopExecution({ executionArn: arn, error: 'StoppedByHand', cause: 'an operator pressed Stop' });
  later(world, HOUR, async () => {
    for (const { arn, name } of running) {
      const input = JSON.parse(world.runner.describeExecution(arn).input) as unknown;
      for (const step of FUNCTIONS) {
        const nested = [`${name}--${step}-cluster-9`, `${name}.${step}.cluster.9`].map((child) => ({
          arn: `${MACHINE_ARN_PREFIX.replace(':stateMachine:', ':execution:')}${step}:${child}`,
          name: child,
        }));
        for (const asker of [{ arn, name }, ...nested]) {
          const payload = {
            step,
            input,
            execution: { ...asker, startTime: world.clock.now().toISOString() },
            nodegroup: 'workers',
          };
          const result = (await world.invoke(step, payload)) as StepResult;
          if (result.status !== 'parked' || result.reasons[0]?.code !== 'Superseded')
            throw new Error(`${step} of a stopped execution went on: ${JSON.stringify(result)}`);
        }
      }
    }
  });
}

/** Stops every running upgrade by hand; an hour later, when its grant is free, it is redriven, and so are the children that were stopped with it. */
async function stopAndRedrive(world: World): Promise<void> {
  for (const { arn } of await holders(world))
    await world.runner.stopExecution({ executionArn: arn, error: 'StoppedByHand', cause: 'an operator pressed Stop' });
  later(world, HOUR, async () => {
    const grants = await loadKind(world.table, Grants);
    const stopped = executionsOf(world).filter(({ status }) => status === 'ABORTED');
    for (const { executionArn } of stopped) {
      if (grants.some(({ holder, status }) => holder === executionArn && status !== 'free'))
        throw new Error(`${executionArn} was stopped an hour ago and its grant is not free`);
      await world.runner.redriveExecution({ executionArn });
    }
  });
}

function executionsOf({ runner }: World) {
  const machines = runner.machines.records();
  return machines.flatMap(({ arn }) => runner.listExecutions({ machineArn: arn, maxResults: 1_000 }).executions);
}

/** Each has ended, whoever asked for anything was told that it is superseded, and nothing of its cluster was committed afterwards. */
async function redrivenInVain(world: World): Promise<string[]> {
  const redriven = executionsOf(world).filter(({ redriveCount }) => redriveCount > 0);
  const said = redriven.filter(({ status }) => status === 'RUNNING').map(({ name }) => `${name} was redriven and runs`);
  const began = redriven.map(({ redriveDate }) => redriveDate?.getTime() ?? 0);
  const grants = (await loadKind(world.table, Grants)).filter(({ holder }) =>
    redriven.some(({ executionArn }) => executionArn === holder),
  );
  const committed = world.table.auditTimeline().filter(({ event }) => event === 'MutationCommitted');
  for (const { clusterKey } of grants)
    if (committed.some(({ subject, at }) => subject === clusterKey && Date.parse(at) >= Math.min(...began)))
      said.push(`${clusterKey} was changed after its upgrade was redriven`);
  const outputs = redriven.map(({ executionArn }) => world.runner.describeExecution(executionArn).output ?? '');
  if (!outputs.some((output) => output.includes('Superseded'))) said.push('nobody was told that it is superseded');
  return grants.length > 0 && redriven.length > grants.length ? said : [...said, 'no upgrade and child were redriven'];
}

/** The same files deployed again in the middle: what runs keeps its definition, what starts gets the new one. */
async function deployMachines(world: World): Promise<void> {
  for (const { arn, definition } of machineDefinitions())
    world.runner.machines.update(arn, { definition: { ...(definition as object), Comment: 'the next release' } });
}

/** Somebody starts upgrade-cluster by hand for every cluster whose upgrade runs. */
async function startByHand(world: World): Promise<void> {
  for (const grant of await loadKind(world.table, Grants)) {
    if (grant.status !== 'open') continue;
    const input = JSON.stringify({ cluster: grant.input.cluster, targetVersion: grant.input.targetVersion });
    await world.runner.startExecution({
      machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
      name: `by-hand-${grant.number}-${grant.upgradeId.replaceAll('.', '-')}`,
      input,
    });
  }
}

async function recreateWhileParked(world: World): Promise<void> {
  await stopFleet(world.ports, PERSON, 'a cluster is replaced');
  const now = world.clock.now().getTime();
  const cluster = Object.values(world.eks.state.clusters).find((one) => one.name === 'platform-dev');
  if (cluster === undefined) throw new Error('platform-dev is not in the example fleet');
  world.eks.addActor({
    at: now + HOUR,
    account: cluster.account,
    region: cluster.region,
    do: 'recreate-cluster',
    cluster: cluster.name,
    version: '1.36',
  });
  later(world, 3 * HOUR, () => resumeFleet(world.ports, PERSON));
}

const others: Scenario[] = [
  {
    name: 'wave halted between decision and commit',
    faults: [
      {
        when: 'before',
        operation: 'commit',
        function: 'upgrade-control-plane',
        effect: { kind: 'act', act: haltWave },
      },
    ],
    compare: false,
  },
  {
    name: 'executions stopped by hand, their steps and children wake up later',
    faults: [
      {
        when: 'after',
        operation: 'commit',
        function: 'upgrade-control-plane',
        skip: 1,
        effect: { kind: 'act', act: stopExecutions },
      },
    ],
    compare: false,
    check: async (world) =>
      (await world.table.auditTimeline()).some((item) => item.event === 'ClusterHeld')
        ? []
        : ['no cluster was held after its execution was stopped'],
  },
  {
    name: 'executions redriven after their grants were freed',
    faults: [
      {
        when: 'after',
        operation: 'commit',
        function: 'upgrade-control-plane',
        skip: 1,
        effect: { kind: 'act', act: stopAndRedrive },
      },
    ],
    compare: false,
    check: redrivenInVain,
  },
  {
    name: 'new definitions deployed in the middle',
    faults: [
      { when: 'after', operation: 'commit', function: 'roll-node-group', effect: { kind: 'act', act: deployMachines } },
    ],
  },
  {
    name: 'manual start against a running rollout',
    faults: [
      {
        when: 'before',
        operation: 'commit',
        function: 'upgrade-control-plane',
        effect: { kind: 'act', act: startByHand },
      },
    ],
  },
  {
    name: 'cluster deleted and recreated while parked',
    faults: [
      {
        when: 'before',
        operation: 'commit',
        function: 'upgrade-control-plane',
        effect: { kind: 'act', act: recreateWhileParked },
      },
    ],
    compare: false,
    check: async (world) =>
      world.table.auditTimeline().some((item) => item.event === 'ClusterGone')
        ? []
        : ['nobody noticed that platform-dev was replaced'],
  },
];

export const PEOPLE_SCENARIOS: readonly Scenario[] = [...betweenDecisionAndCommit, ...others];
