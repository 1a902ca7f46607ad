import { MemoryTable } from '../../adapters/memory/table.ts';
import { recordOf } from '../../test/material/operations/operator-ports.ts';
import { clock, cluster, KEY, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { ExecutionState, Executions } from '../ports/executions.ts';
import { ClusterNames, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { type HandAct, recordHandAct } from './record-hand-act.ts';

const USER = 'arn:aws:sts::111122223333:assumed-role/Admin/ann';
const arnFor: Executions['arnFor'] = (machine, name) => `arn:execution:liftlock-${machine}:${name}`;
const input = { cluster: cluster.arn, targetVersion: '1.37' };

interface Given {
  readonly act?: HandAct['act'];
  readonly machine?: Parameters<typeof arnFor>[0];
  readonly execution?: string;
  readonly userArn?: string;
  readonly input?: string | undefined;
  readonly isKnown?: boolean;
  readonly requestedBy?: string;
  readonly runs?: string;
}

async function named(given: Given = {}) {
  const { machine = 'upgrade-cluster', userArn = USER, isKnown = true, requestedBy = 'unknown' } = given;
  const execution = given.execution ?? arnFor(machine, 'by-hand');
  const text = 'input' in given ? given.input : JSON.stringify(input);
  const state: ExecutionState | undefined = text === undefined ? undefined : { input: text, status: 'RUNNING' };
  const table = new MemoryTable();
  const runs = given.runs ?? execution;
  const id = machine === 'upgrade-cluster' ? '1.36-1.37' : `${machine}-by-hand`;
  await keep(table, { upgrades: [upgrade({ id, requestedBy, execution: runs })] });
  const { account, region, name } = cluster;
  if (isKnown) await table.transact([put(ClusterNames, { account, region, name, clusterKey: KEY }, 'absent')]);
  const executions = {
    arnFor,
    start: async () => {},
    describe: async (arn: string) => (arn === execution ? state : undefined),
  };
  await recordHandAct({ table, clock, executions }, { act: given.act ?? 'StartExecution', execution, userArn });
  return {
    requestedBy: (await load(table, Upgrades, KEY, id))?.data.requestedBy,
    record: await recordOf(table, KEY),
    ofFleet: await recordOf(table, 'fleet'),
  };
}
const started = (machine: string) => ({
  event: 'StartedByHand',
  principal: 'role:111122223333/Admin',
  detail: { machine, execution: `arn:execution:liftlock-${machine}:by-hand`, ...input },
});

test.each([['upgrade-cluster'], ['scan-cluster']] as const)(
  'who started %s by hand is on record, and with the upgrade of that execution',
  async (machine) => {
    const { requestedBy, record, ofFleet } = await named({ machine });
    expect(requestedBy).toBe('role:111122223333/Admin');
    expect(record).toEqual([started(machine)]);
    expect(ofFleet).toStrictEqual([]);
  },
);

test.each([
  ['StopExecution', 'StoppedByHand'],
  ['RedriveExecution', 'RedrivenByHand'],
] as const)('who called %s is on record, and is not taken for who asked for the upgrade', async (act, event) => {
  const { requestedBy, record } = await named({ act });
  expect(requestedBy).toBe('unknown');
  expect(record).toEqual([{ ...started('upgrade-cluster'), event }]);
});

test.each<[string, Given, string]>([
  ['that is known to be somebody else’s', { requestedBy: 'sso:1/bob' }, 'sso:1/bob'],
  ['of another execution', { runs: 'another' }, 'unknown'],
])('an upgrade %s stays so, with the start on record', async (_, given, requestedBy) => {
  const { record, ...left } = await named(given);
  expect(left.requestedBy).toBe(requestedBy);
  expect(record).toEqual([started('upgrade-cluster')]);
});

test('a start for a cluster that nobody knows is on record of the fleet', async () => {
  const { requestedBy, record, ofFleet } = await named({ isKnown: false });
  expect(requestedBy).toBe('unknown');
  expect(record).toStrictEqual([]);
  expect(ofFleet).toEqual([started('upgrade-cluster')]);
});

test.each<[string, Given]>([
  ['is no identity', { userArn: 'arn:aws:s3:::bucket' }],
  ['started no machine of Liftlock', { execution: 'arn:execution:other:by-hand' }],
  ['started what is not there any more', { input: undefined }],
  ['gave no JSON', { input: '{' }],
  ['gave no target', { input: JSON.stringify({ cluster: cluster.arn }) }],
])('nothing is on record of who %s', async (_, given) => {
  const { requestedBy, record, ofFleet } = await named(given);
  expect([requestedBy, record, ofFleet]).toStrictEqual(['unknown', [], []]);
});
