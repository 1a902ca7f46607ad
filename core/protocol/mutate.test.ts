import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  cluster,
  grant,
  HOLDER,
  intent,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { namedError } from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import type { MutatingCall } from '../contracts/mutating-calls.ts';
import type { EksMutator, EksReader, Update } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { loadNewestIntent } from './intent-store.ts';
import { type Mutation, mutate } from './mutate.ts';

const STEP = 'upgrade-control-plane';
const AT = NOON.toISOString();
const later = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);
const update: Update = {
  id: 'u-1',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: [],
  createdAt: later(1),
};
const call = (clientRequestToken: string): MutatingCall => ({
  name: 'UpdateClusterVersion',
  input: { name: 'web', version: '1.37', clientRequestToken },
});

interface Given {
  readonly kept?: Kept;
  readonly seconds?: number;
  /** EKS's answer to a change, which it accepts by default. */
  readonly answers?: Error | Update;
  /** Updates that EKS lists. */
  readonly listed?: readonly Update[];
  readonly prepared?: Awaited<ReturnType<Mutation['prepare']>>;
  /** Seconds that the commit takes. */
  readonly slow?: number;
  readonly contention?: boolean;
  /** When the node group was created. */
  readonly group?: Date;
}

async function tried(given: Given) {
  const { kept = {}, seconds = 0, answers, listed = [], prepared, slow = 0, contention = false, group } = given;
  const table = new MemoryTable();
  const member = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true });
  await keep(table, { grant: grant(), upgrades: [upgrade()], member, ...kept });
  let now = later(seconds);
  if (contention)
    table.beforeTransact = () => {
      throw namedError('TransactionConflict', 'others write');
    };
  table.onAppend.push(() => {
    now = new Date(now.getTime() + slow * 1000);
  });
  const sent: string[] = [];
  const take = (name: string) => async (_: unknown, input: object) => {
    sent.push(`${name} ${JSON.stringify(input)}`);
    if (answers instanceof Error) throw answers;
    return answers ?? update;
  };
  const mutator = {
    updateClusterVersion: take('version'),
    updateNodegroupVersion: take('nodes'),
    updateNodegroupConfig: take('settings'),
    updateAddon: take('add-on'),
  } as unknown as EksMutator;
  const eks = {
    listUpdates: async () => listed.map(({ id }) => id),
    describeUpdate: async () => listed[0],
    describeCluster: async () => ({ arn: cluster.arn, createdAt: new Date(cluster.createdAt) }),
    describeNodegroup: async () => ({ createdAt: group }),
  } as unknown as EksReader;
  let prepares = 0;
  const mutation: Mutation = {
    asker: { arn: HOLDER, name: 'upgrade-name' },
    clusterKey: KEY,
    scope: { account: cluster.account, region: cluster.region },
    step: STEP,
    subject: 'cluster',
    target: KubeVersion.parse('1.37'),
    prepare: async () => {
      prepares += 1;
      return prepared ?? { call, knownUpdateIds: [] };
    },
  };
  const ports = { table, clock: { now: () => now }, eks, mutator };
  const result = await mutate(ports, mutation).catch((error: Error) => ({ type: 'threw', name: error.name }) as const);
  const newest = (await loadNewestIntent(table, KEY, STEP, 'cluster'))?.data;
  return { result, sent, prepares, newest, table, ports, mutation };
}
const standing = (given: Partial<Intent>): Kept => ({
  intents: [intent(given)],
  upgrades: [upgrade({ mutated: true })],
});

test('a change is committed, sent once with its token, and taken', async () => {
  const { result, sent, newest } = await tried({});
  expect(sent).toEqual([`version ${JSON.stringify(call(newest?.token ?? '').input)}`]);
  expect(newest?.outcome).toEqual({ type: 'accepted', updateId: 'u-1', at: AT });
  expect(result).toEqual({ type: 'running', updateId: 'u-1', intent: newest });
});

test.each<[MutatingCall, string]>([
  [
    {
      name: 'UpdateNodegroupVersion',
      input: { clusterName: 'web', nodegroupName: 'w', version: '1.37', clientRequestToken: 't' },
    },
    'nodes',
  ],
  [
    {
      name: 'UpdateAddon',
      input: {
        clusterName: 'web',
        addonName: 'coredns',
        addonVersion: 'v1',
        resolveConflicts: 'PRESERVE',
        clientRequestToken: 't',
      },
    },
    'add-on',
  ],
])('each call goes where it belongs: %j', async (one, where) => {
  const { sent } = await tried({ prepared: { call: () => one, knownUpdateIds: [] } });
  expect(sent).toEqual([`${where} ${JSON.stringify(one.input)}`]);
});

test('one that EKS has taken is polled, and nothing is prepared', async () => {
  const taken = standing({ outcome: { type: 'accepted', updateId: 'u-7', at: AT } });
  const { result, sent, prepares } = await tried({ kept: taken });
  expect(result).toMatchObject({ type: 'running', updateId: 'u-7', seen: { revision: 1 } });
  expect([sent, prepares]).toEqual([[], 0]);
});

test('what this invocation has read already is not read again', async () => {
  const { ports, mutation, table } = await tried({
    kept: standing({ outcome: { type: 'accepted', updateId: 'u-7', at: AT } }),
  });
  const newest = await loadNewestIntent(table, KEY, STEP, 'cluster');
  const before = table.reads.partition;
  expect(await mutate(ports, mutation, { newest })).toMatchObject({ type: 'running', updateId: 'u-7' });
  expect(table.reads.partition).toBe(before);
});

test.each([
  [0, 40],
  [10.2, 30],
  [39.999, 1],
])('%d s after its commit a call may still arrive: it is waited for %d s more', async (seconds, wait) => {
  const { result, sent, prepares } = await tried({ kept: standing({}), seconds });
  expect(result).toMatchObject({ type: 'wait', seconds: wait, reason: { code: 'OutcomeUnknown' } });
  expect([sent, prepares]).toEqual([[], 0]);
});

test('after its grace what it has started is found and taken, and nothing is sent', async () => {
  const { result, sent, newest } = await tried({ kept: standing({}), seconds: 40, listed: [update] });
  expect(result).toMatchObject({ type: 'running', updateId: 'u-1' });
  expect(newest?.outcome).toMatchObject({ type: 'accepted', updateId: 'u-1', at: later(40).toISOString() });
  expect(sent).toEqual([]);
});

test('until EKS must list it, it is looked up every 30 s, and then the stored call is sent again', async () => {
  const waiting = await tried({ kept: standing({}), seconds: 159 });
  expect(waiting.result).toMatchObject({ type: 'wait', seconds: 30, reason: { code: 'OutcomeUnknown' } });
  expect(waiting.sent).toEqual([]);
  const again = await tried({ kept: standing({}), seconds: 160 });
  expect(again.result).toMatchObject({ type: 'running', updateId: 'u-1' });
  expect(again.sent).toEqual([`version ${JSON.stringify({ name: 'web', version: '1.37' })}`]);
  expect(again.newest).toMatchObject({ attempt: 1, commits: 2, token: 'token' });
});

const doubt = { error: 'ResourceInUseException', message: 'It is busy.', at: AT };

test('a doubtful no that started nothing is a no, told once', async () => {
  const waiting = await tried({ kept: standing({ doubt }), seconds: 100 });
  expect(waiting.result).toMatchObject({ type: 'wait', seconds: 30 });
  const { result, sent, newest, prepares } = await tried({ kept: standing({ doubt }), seconds: 160 });
  expect(result).toEqual({ type: 'rejected', error: doubt.error, message: doubt.message });
  expect(newest?.outcome).toMatchObject({ type: 'refused', error: doubt.error, at: later(160).toISOString() });
  expect([sent, prepares]).toEqual([[], 0]);
});

test.each<[string, Partial<Intent>]>([
  ['without an answer', {}],
  ['with a doubtful no', { doubt }],
])(
  'a call %s to a node group that was created anew since is lost, and the new one is looked at anew when asked again',
  async (_, given) => {
    const input = { clusterName: 'web', nodegroupName: 'workers', version: '1.37' };
    const kept = standing({ ...given, call: { name: 'UpdateNodegroupVersion', input } });
    for (const seconds of [40, 160]) {
      const { result, newest, ports, mutation, sent, prepares } = await tried({ kept, seconds, group: later(30) });
      expect([result, prepares, sent]).toEqual([{ type: 'lost' }, 0, []]);
      expect(newest?.outcome).toEqual({ type: 'lost', at: later(seconds).toISOString() });
      expect(await mutate(ports, mutation)).toMatchObject({ type: 'running', intent: { attempt: 2, commits: 1 } });
      expect(sent).toHaveLength(1);
    }
  },
);

test('what has ended is followed by another attempt', async () => {
  const { newest, sent } = await tried({ kept: standing({ attempt: 3, outcome: { type: 'never-sent', at: AT } }) });
  expect([newest?.attempt, newest?.commits, sent.length]).toEqual([4, 1, 1]);
});

const done = { status: 'done' as const, reasons: [] };

test('a step that has nothing to do stops, and what was not found is not left open', async () => {
  const first = await tried({ prepared: { stop: done as never } });
  expect([first.result, first.newest]).toEqual([{ type: 'stop', result: done }, undefined]);
  const open = await tried({ kept: standing({}), seconds: 160, prepared: { stop: done as never } });
  expect(open.newest?.outcome).toEqual({ type: 'never-sent', at: later(160).toISOString() });
  const waits = { status: 'wait', seconds: 30, reasons: [] } as never;
  const waiting = await tried({ kept: standing({}), seconds: 160, prepared: { stop: waits } });
  expect(waiting.newest?.outcome).toBeUndefined();
  expect(waiting.sent).toEqual([]);
});

test('the request id that EKS answers with is kept, of what it took and of what it refused', async () => {
  const taken = await tried({ answers: { ...update, requestId: 'r-1' } });
  expect(taken.newest?.outcome).toMatchObject({ type: 'accepted', requestId: 'r-1' });
  const error = Object.assign(new Error('no'), {
    name: 'InvalidParameterException',
    $metadata: { requestId: 'r-2' },
  });
  const refused = await tried({ answers: error });
  expect(refused.newest?.outcome).toMatchObject({ type: 'refused', requestId: 'r-2' });
});

test('what is forbidden is not sent, and what was to be repeated is given up', async () => {
  const first = await tried({ kept: { control: { stopped: true } } });
  expect(first.result).toMatchObject({ type: 'forbidden', reasons: [{ code: 'FleetStopped' }] });
  expect([first.sent, first.newest]).toEqual([[], undefined]);
  const repeat = await tried({ kept: { ...standing({}), control: { stopped: true } }, seconds: 160 });
  expect(repeat.result.type).toBe('forbidden');
  expect(repeat.newest?.outcome?.type).toBe('never-sent');
});

test.each([
  ['ThrottlingException', { type: 'wait', seconds: 10, reason: { code: 'Throttled' } }, 'never-sent'],
  // The next try has a session of its own.
  ['UnrecognizedClientException', { type: 'threw', name: 'UnrecognizedClientException' }, 'never-sent'],
  ['ExpiredTokenException', { type: 'threw', name: 'ExpiredTokenException' }, 'never-sent'],
  ['InvalidParameterException', { type: 'rejected', error: 'InvalidParameterException', message: 'no' }, 'refused'],
  ['ResourceInUseException', { type: 'wait', seconds: 30, reason: { code: 'OutcomeUnknown' } }, undefined],
  ['TimeoutError', { type: 'threw', name: 'TimeoutError' }, undefined],
])('EKS answers %s: %j', async (name, expected, outcome) => {
  const { result, newest, sent } = await tried({ answers: Object.assign(new Error('no'), { name }) });
  expect(result).toMatchObject(expected);
  expect(newest?.outcome?.type).toBe(outcome);
  if (outcome === 'refused') expect(newest?.outcome).toEqual({ type: 'refused', error: name, message: 'no', at: AT });
  expect(newest?.doubt?.error).toBe(name === 'ResourceInUseException' ? name : undefined);
  expect(sent).toHaveLength(1);
});

test.each([
  [5, 1],
  [5.001, 0],
])('a commit that took %d s is followed by %d calls', async (slow, calls) => {
  const { sent, result, newest } = await tried({ slow });
  expect(sent).toHaveLength(calls);
  if (calls === 1) return;
  expect(result).toMatchObject({ type: 'wait', seconds: 5, reason: { code: 'StaleCommit' } });
  expect(newest?.outcome?.type).toBe('never-sent');
});

test('others who write to the same items delay it', async () => {
  const { result, sent } = await tried({ contention: true });
  expect(result).toMatchObject({ type: 'wait', seconds: 5, reason: { code: 'Contention' } });
  expect(sent).toEqual([]);
});
