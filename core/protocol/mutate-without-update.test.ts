import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  cluster,
  grant,
  HOLDER,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { namedError } from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import type { CallWithoutUpdate } from '../contracts/mutating-calls.ts';
import { UNDO, UndoEntries, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { resolveIntents } from './free-grant.ts';
import { intentsOf } from './intent-store.ts';
import { mutateWithoutUpdate } from './mutate.ts';
import { settleUpgrade } from './settle.ts';

const later = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);
const node = { name: 'n-1', uid: 'u-1', resourceVersion: '7' };
const CORDON: CallWithoutUpdate = { name: 'CordonNode', input: { node } };
const EVICT: CallWithoutUpdate = {
  name: 'EvictPods',
  input: { node: 'n-1', pods: [{ namespace: 'a', name: 'p', uid: 'x' }] },
};
const ENTRY = {
  ...{ clusterKey: KEY, effect: 'cordon' as const, subject: 'n-1', uid: 'u-1' },
  ...{ upgradeId: '1.36-1.37', recordedAt: NOON.toISOString() },
};
const STOPPED: Kept = { control: { stopped: true, by: 'ann', at: NOON.toISOString() } };

/** A table with an upgrade that holds its grant, a clock that the test sets, and the sent calls. */
async function world(kept: Kept = {}) {
  const table = new MemoryTable();
  const member = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true });
  await keep(table, { grant: grant(), upgrades: [upgrade()], member, ...kept });
  const clock = { at: NOON, now: () => clock.at };
  const sent: string[] = [];
  const make = (call: CallWithoutUpdate, send: () => Promise<unknown> = async () => 'done') =>
    mutateWithoutUpdate(
      { table, clock },
      {
        ...{
          asker: { arn: HOLDER, name: 'upgrade-name' },
          clusterKey: KEY,
          scope: { account: cluster.account, region: cluster.region },
          call,
        },
        ...{ step: 'drain-nodes', subject: 'legacy', target: KubeVersion.parse('1.37') },
        ...(call.name === 'CordonNode' ? { beside: [put(UndoEntries, ENTRY, 'absent')] } : {}),
      },
      async () => {
        sent.push(call.name);
        return send();
      },
    );
  const intents = async () => (await intentsOf(table, KEY, 'drain-nodes')).map(({ data }) => data);
  return { table, clock, sent, make, intents };
}

const said = ({ call, commits, outcome }: Intent) => [call.name, commits, outcome?.type];

test('a call is committed with its undo before it is sent, and the upgrade has changed its cluster', async () => {
  const { table, make, intents } = await world();
  const before: unknown[] = [];
  const result = await make(CORDON, async () => {
    before.push(...(await intents()).map(said), (await load(table, UndoEntries, KEY, 'cordon', 'n-1'))?.data.upgradeId);
    return 'done';
  });
  expect(before).toEqual([['CordonNode', 1, undefined], '1.36-1.37']);
  expect(result).toEqual({ type: 'answered', answer: 'done' });
  expect((await intents()).map(said)).toEqual([['CordonNode', 1, 'answered']]);
  expect((await load(table, Upgrades, KEY, '1.36-1.37'))?.data.mutated).toBe(true);
});

test('the calls of one group share one item, and each commit is on record', async () => {
  const { table, make, intents } = await world();
  await make(CORDON);
  await make(EVICT);
  expect((await intents()).map(said)).toEqual([['EvictPods', 2, 'answered']]);
  const events = (await table.auditOf(KEY)).map(({ event }) => event);
  expect(events.filter((event) => event === 'MutationCommitted')).toHaveLength(2);
});

test('what an invocation has begun that died is waited for until its grace is over, and never looked up', async () => {
  const { clock, sent, make, intents } = await world();
  await expect(make(EVICT, () => Promise.reject(new Error('died')))).rejects.toThrow('died');
  clock.at = later(39);
  expect(await make(EVICT)).toMatchObject({ type: 'wait', seconds: 1, reason: { code: 'OutcomeUnknown' } });
  expect(sent).toEqual(['EvictPods']);
  clock.at = later(40);
  expect(await make(EVICT)).toMatchObject({ type: 'answered' });
  expect((await intents()).map(said)).toEqual([['EvictPods', 2, 'answered']]);
});

test('an answer that comes late is not taken for that of the call after it', async () => {
  const { clock, make, intents } = await world();
  const late = Promise.withResolvers<string>();
  const slow = make(EVICT, () => late.promise);
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.at = later(60);
  await expect(make(EVICT, () => Promise.reject(new Error('died')))).rejects.toThrow('died');
  late.resolve('late');
  await slow;
  expect((await intents()).map(said)).toEqual([['EvictPods', 2, undefined]]);
});

test('a stopped fleet commits nothing', async () => {
  const { sent, make, intents } = await world(STOPPED);
  expect(await make(CORDON)).toMatchObject({ type: 'forbidden', reasons: [{ code: 'FleetStopped' }] });
  expect([sent, await intents()]).toEqual([[], []]);
});

test('a commit that took longer than five seconds is not sent', async () => {
  const { table, clock, sent, make, intents } = await world();
  table.onAppend.push(() => {
    clock.at = later(6);
  });
  expect(await make(EVICT)).toMatchObject({ type: 'wait', reason: { code: 'StaleCommit' } });
  expect([sent, (await intents()).map(said)]).toEqual([[], [['EvictPods', 1, 'never-sent']]]);
});

test('who writes to the same items is waited for', async () => {
  const { table, sent, make } = await world();
  table.beforeTransact = () => {
    throw namedError('TransactionConflict', 'others write');
  };
  expect(await make(EVICT)).toMatchObject({ type: 'wait', reason: { code: 'Contention' } });
  table.beforeTransact = () => {
    throw namedError('InvalidTransaction', 'there is no table');
  };
  await expect(make(EVICT)).rejects.toThrow('there is no table');
  expect(sent).toEqual([]);
});

test('nothing of a batch is begun later than 15 seconds after its commit', async () => {
  const { table, clock } = await world();
  const mutation = {
    ...{
      asker: { arn: HOLDER, name: 'upgrade-name' },
      clusterKey: KEY,
      scope: { account: cluster.account, region: cluster.region },
      call: EVICT,
    },
    ...{ step: 'drain-nodes', subject: 'legacy', target: KubeVersion.parse('1.37') },
  };
  const answered = await mutateWithoutUpdate({ table, clock }, mutation, async (mayGoOn) =>
    [0, 15, 16].map((seconds) => {
      clock.at = later(seconds);
      return mayGoOn();
    }),
  );
  expect(answered).toEqual({ type: 'answered', answer: [true, true, false] });
});

test('a grant is freed of what nobody has heard of once its grace is over, without a look at EKS', async () => {
  const { table, clock, make, intents } = await world();
  await expect(make(EVICT, () => Promise.reject(new Error('died')))).rejects.toThrow('died');
  const eks = new Proxy({}, { get: () => () => Promise.reject(new Error('EKS was asked')) }) as never;
  expect(await resolveIntents({ table, clock, eks }, KEY)).toEqual(later(40));
  clock.at = later(40);
  expect(await resolveIntents({ table, clock, eks }, KEY)).toBeUndefined();
  expect((await intents()).map(said)).toEqual([['EvictPods', 1, 'unheard']]);
});

test('who is asked by a Job has changed nothing, and a first change that comes after it is checked like one', async () => {
  const { table, make } = await world();
  const job = {
    namespace: 'hooks',
    name: 'j',
    serviceAccount: 's',
    image: 'i',
    key: 'k',
    question: '{}',
    deadlineSeconds: 1,
  };
  await make({ name: 'CreateHookJob', input: job });
  expect((await load(table, Upgrades, KEY, '1.36-1.37'))?.data.mutated).toBe(false);
});

test('whoever ends the upgrade meanwhile reads anew what there is to undo', async () => {
  const { table, clock, make } = await world({ upgrades: [upgrade({ mutated: true })] });
  const query = table.queryPartition.bind(table);
  let raced: unknown;
  table.queryPartition = async (pk, sk) => {
    const items = await query(pk, sk);
    if (sk === UNDO && raced === undefined) raced = await make(CORDON);
    return items;
  };
  const reasons = [{ code: 'Stopped' as const, message: 'so' }];
  await settleUpgrade({ table, clock, events: { publish: async () => {} } }, KEY, grant().number, {
    status: 'failed',
    reasons,
  });
  expect(raced).toMatchObject({ type: 'answered' });
  expect((await load(table, Upgrades, KEY, '1.36-1.37'))?.data.status).toBe('Failed');
  expect((await load(table, Upgrades, KEY, 'undo-1.36-1.37'))?.data.status).toBe('Pending');
});
