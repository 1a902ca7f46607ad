import { MemoryTable } from '../../adapters/memory/table.ts';
import {
  clock,
  cluster,
  grant,
  HOLDER,
  intent,
  KEY,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Grant, Intent } from '../contracts/items/protocol.ts';
import type { ExecutionState } from '../ports/executions.ts';
import { Grants, ReconcileMarkers } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { carryOut, freeLost } from './carry-out.ts';

const HOUR_AGO = new Date(NOON.getTime() - 3_600_000).toISOString();
const A_MINUTE_AGO = new Date(NOON.getTime() - 60_000).toISOString();
const marker = { key: ReconcileMarkers.key(), data: {}, revision: 1 };
const mutated = upgrade({ mutated: true, rolloutId: undefined, waveIndex: undefined });

interface Given {
  readonly grant?: Partial<Grant>;
  readonly intents?: readonly Intent[];
  /** `Throttled`: nobody can describe it now. */
  readonly execution?: ExecutionState['status'] | 'Throttled';
  /** EKS does not list updates by that. */
  readonly fault?: string;
  readonly contended?: boolean;
}
/** Ports over a cluster whose execution holds its grant. */
async function world({ grant: of, intents = [], execution = 'FAILED', fault, contended = false }: Given) {
  const table = new MemoryTable();
  const given = grant({ grantedAt: HOUR_AGO, ...of });
  await keep(table, { grant: given, upgrades: [mutated], intents, rollout: undefined, waves: [], member: undefined });
  if (contended)
    table.beforeTransact = () => {
      throw Object.assign(new Error('Somebody else was first.'), { name: 'ConditionFailed' });
    };
  const fails = (name: string) => Promise.reject(Object.assign(new Error('no answer'), { name }));
  const eks = {
    listUpdates: () => (fault === undefined ? Promise.resolve([]) : fails(fault)),
    describeCluster: () => Promise.resolve({ ...cluster, createdAt: new Date(cluster.createdAt) }),
  };
  const unused = () => Promise.reject(new Error('not asked for'));
  const executions = {
    arnFor: () => '',
    start: unused,
    describe: async () => (execution === 'Throttled' ? fails(execution) : { status: execution, input: '{}' }),
  };
  const ports = { table, clock, eks, executions, events: { publish: async () => {} } } as unknown as Parameters<
    typeof carryOut
  >[0];
  const snapshot = { ...fleetSnapshot({ clusters: [], policies: {} }), upgrades: [mutated] };
  return {
    carry: () =>
      carryOut(ports, { type: 'look-after-grant', grant: given }, { snapshot, marker, endedExecution: HOLDER }),
    free: () => freeLost(ports, [{ grant: given, upgrade: mutated }]),
    status: async () => (await load(table, Grants, KEY))?.data.status,
  };
}
const asked: Given = {
  grant: { status: 'closing', closingSince: HOUR_AGO },
  intents: [intent({ committedAt: HOUR_AGO })],
};

const problem = (error: string) => ({ decision: 'look-after-grant', error, message: 'no answer' });
const lost = { lost: { grant: { clusterKey: KEY, status: 'closing' }, upgrade: mutated } };

test.each<[string, Given, unknown, Grant['status']]>([
  ['has ended is freed, and others may go on', {}, 'changed', 'free'],
  ['runs is kept', { execution: 'RUNNING' }, 'unchanged', 'open'],
  ['has ended is freed when EKS has said what it had begun last', asked, lost, 'closing'],
  ['has ended is decided anew where somebody else moved it', { contended: true }, 'unchanged', 'open'],
  [
    'cannot be described is told, and stops no other decision',
    { execution: 'Throttled' },
    problem('Throttled'),
    'open',
  ],
])('the grant of an execution that %s', async (_, given, expected, status) => {
  const it = await world(given);
  const carried = await it.carry();
  if (typeof expected === 'string') expect(carried).toBe(expected);
  else expect(carried).toMatchObject(expected as object);
  expect(await it.status()).toBe(status);
});

test.each<[string, Given, unknown, Grant['status']]>([
  ['that nothing has begun frees the grant', asked, 'changed', 'free'],
  [
    'nothing yet, right after the call, keeps it',
    { ...asked, intents: [intent({ committedAt: A_MINUTE_AGO })] },
    'unchanged',
    'closing',
  ],
  ['nothing at all keeps it, and is told', { ...asked, fault: 'TimeoutError' }, problem('TimeoutError'), 'closing'],
])('of an execution that has ended EKS says %s', async (_, given, expected, status) => {
  const it = await world(given);
  expect([await it.free(), await it.status()]).toEqual([[expected], status]);
});
