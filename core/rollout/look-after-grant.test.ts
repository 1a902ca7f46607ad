import { MemoryTable } from '../../adapters/memory/table.ts';
import {
  grant,
  HOLDER,
  intent,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { machineTimeoutSeconds } from '../contracts/names.ts';
import type { EksReader } from '../ports/eks.ts';
import type { ExecutionState } from '../ports/executions.ts';
import { ClusterControls, Grants, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { lookAfterGrant } from './carry-out.ts';

const MINUTE = 60_000;
const NAMED = 'upgrade-4be1d4a2f0c7-e4-g1';
const ended = (status: ExecutionState['status'], more: object = {}): ExecutionState => ({
  input: '{}',
  status,
  ...more,
});

interface Given extends Omit<Kept, 'grant'> {
  readonly grant?: Partial<ReturnType<typeof grant>>;
  readonly states?: Readonly<Record<string, ExecutionState>>;
  readonly minutes?: number;
  /** The execution whose end woke the reconciler. */
  readonly woken?: string;
  readonly startFails?: string;
  readonly eks?: Partial<EksReader>;
}

/** Looks after a grant this number of minutes after it was given. */
async function lookedAfter({ grant: of, states = {}, minutes = 1, woken, startFails, eks = {}, ...kept }: Given) {
  const table = new MemoryTable();
  const given = grant(of);
  await keep(table, { grant: given, upgrades: [upgrade()], ...kept });
  const asked: string[] = [];
  const started: string[] = [];
  const ports = {
    table,
    clock: { now: () => new Date(NOON.getTime() + minutes * MINUTE) },
    events: { publish: async () => {} },
    eks: eks as EksReader,
    executions: {
      arnFor: () => '',
      start: async (machine: string, name: string) => {
        started.push(`${machine} ${name}`);
        if (startFails !== undefined) throw Object.assign(new Error(startFails), { name: startFails });
      },
      describe: async (arn: string) => {
        asked.push(arn);
        return states[arn];
      },
    },
  };
  const known = (kept.upgrades ?? [upgrade()]).find(({ status }) => status === 'Running' || status === 'Parked');
  const freed = (await lookAfterGrant(ports, given, known, woken)) === 'freed';
  return {
    freed,
    asked,
    started,
    grant: (await load(table, Grants, KEY))?.data.status,
    upgrade: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data,
    held: (await load(table, ClusterControls, KEY))?.data.held?.reason,
  };
}
const NOTHING = { freed: false, started: [], grant: 'open' };

test('an execution that runs is left alone', async () => {
  expect(await lookedAfter({ states: { [HOLDER]: ended('RUNNING') } })).toMatchObject({ ...NOTHING, asked: [HOLDER] });
});

test('an older grant is asked about every five minutes, and at once when its execution or one nested in it has ended', async () => {
  const states = { [HOLDER]: ended('RUNNING') };
  const asked = async (given: Given) => (await lookedAfter({ states, ...given })).asked.length;
  const minutes = Array.from({ length: 10 }, (_, index) => index + 10);
  const each = await Promise.all(minutes.map((minute) => asked({ minutes: minute })));
  expect(each.filter((count) => count === 1)).toHaveLength(2);
  expect(await asked({ minutes: 9 })).toBe(1);
  const quiet = minutes[each.indexOf(0)] ?? 0;
  expect(await asked({ minutes: quiet, woken: HOLDER })).toBe(1);
  expect(await asked({ minutes: quiet, woken: 'child', grant: { children: ['child'] } })).toBeGreaterThan(0);
  expect(await asked({ minutes: quiet, woken: 'stranger', grant: { children: ['child'] } })).toBe(0);
  // A concluded grant is freed as soon as its execution has ended.
  expect(await asked({ minutes: quiet, upgrades: [upgrade({ status: 'Parked' })] })).toBe(1);
});

test('a young one is asked about at every tick until a step shows that its execution is there', async () => {
  const states = { [HOLDER]: ended('RUNNING') };
  const asked = async (steps: ReturnType<typeof upgrade>['steps']) => {
    const upgrades = [upgrade({ steps })];
    const each = Array.from({ length: 9 }, (_, minutes) => lookedAfter({ states, upgrades, minutes }));
    return (await Promise.all(each)).filter((one) => one.asked.length === 1).length;
  };
  const step = (minutes: number) => ({
    'scan-cluster': {
      status: 'running' as const,
      reasons: [],
      startedAt: new Date(Date.parse(grant().grantedAt) + minutes * MINUTE).toISOString(),
    },
  });
  expect(await asked({})).toBe(9);
  // A step of the previous attempt proves nothing.
  expect(await asked(step(-1))).toBe(9);
  expect(await asked(step(0))).toBeLessThanOrEqual(2);
});

test('an execution that the reconciler named and that is not there is started again, also when it was started already', async () => {
  const given = { grant: { executionName: NAMED } };
  expect(await lookedAfter(given)).toMatchObject({ ...NOTHING, started: [`upgrade-cluster ${NAMED}`] });
  expect(await lookedAfter({ ...given, startFails: 'ExecutionAlreadyExists' })).toMatchObject({
    freed: false,
    grant: 'open',
  });
  await expect(lookedAfter({ ...given, startFails: 'ThrottlingException' })).rejects.toThrow('ThrottlingException');
  expect(await lookedAfter({})).toMatchObject(NOTHING);
});

test('one that does not come to be within the time of its machine and an hour is given up', async () => {
  const patience = (machineTimeoutSeconds('upgrade-cluster') + 3600) / 60;
  const given = { grant: { executionName: NAMED }, woken: HOLDER, startFails: 'ExecutionAlreadyExists' };
  expect(await lookedAfter({ ...given, minutes: patience })).toMatchObject({ freed: false, grant: 'open' });
  const late = await lookedAfter({ ...given, minutes: patience + 1 });
  expect([late.freed, late.grant, late.held?.code]).toEqual([true, 'free', 'ExecutionMissing']);
});

test('the grant of an execution that has ended is freed once what is nested in it has ended too', async () => {
  const states = { [HOLDER]: ended('SUCCEEDED'), child: ended('RUNNING'), other: ended('SUCCEEDED') };
  const concluded = [upgrade({ status: 'Succeeded' })];
  const given = { states, upgrades: concluded };
  expect(await lookedAfter({ ...given, grant: { children: ['other', 'child'] } })).toMatchObject(NOTHING);
  const { freed, grant: left, held, upgrade: after } = await lookedAfter({ ...given, grant: { children: ['other'] } });
  expect([freed, left, held, after?.status]).toEqual([true, 'free', undefined, 'Succeeded']);
});

test('one that ended without concluding was stopped from outside: its cluster is held, and the reason says by what', async () => {
  const stopped = ended('ABORTED', { error: 'StoppedByHand', cause: 'x'.repeat(600) });
  const { freed, held } = await lookedAfter({ states: { [HOLDER]: stopped }, upgrades: [upgrade({ mutated: true })] });
  expect([freed, held?.code]).toEqual([true, 'StoppedFromOutside']);
  expect(held?.message).toContain(
    `ended ABORTED without concluding. StoppedByHand: ${'x'.repeat(500)}. Versions that it had moved`,
  );
  const bare = await lookedAfter({ states: { [HOLDER]: ended('TIMED_OUT') }, upgrades: [upgrade({ mutated: true })] });
  expect(bare.held?.message).toContain('ended TIMED_OUT without concluding. Versions that it had moved stay.');
});

test.each([
  [
    JSON.stringify({ errorType: 'InvalidInput', errorMessage: 'There is no target.', trace: ['at'] }),
    'There is no target.',
  ],
  [JSON.stringify({ errorMessage: 7 }), '{"errorMessage":7}.'],
  ['null', 'null.'],
  ['{not json', '{not json.'],
])('of the cause %s a person is told what Lambda said', async (cause, said) => {
  const states = { [HOLDER]: { ...ended('FAILED'), error: 'InvalidInput', cause } };
  const { held } = await lookedAfter({ states });
  expect(held?.message).toContain(`ended FAILED without concluding. InvalidInput: ${said} Versions that it had moved`);
});

test('one that an outage has ended parks its upgrade; one that ran out of time is held', async () => {
  const failed = { error: 'Lambda.ServiceException', cause: 'no' };
  const given = (status: ExecutionState['status']) =>
    lookedAfter({ states: { [HOLDER]: ended(status, failed) }, upgrades: [upgrade({ mutated: true })] });
  const { grant: left, held, upgrade: after } = await given('FAILED');
  expect([left, held, after?.status, after?.resumeAt]).toEqual(['free', undefined, 'Parked', expect.any(String)]);
  expect(after?.reasons).toMatchObject([{ code: 'AwsFailed' }]);
  expect((await given('TIMED_OUT')).held?.code).toBe('StoppedFromOutside');
});

test('a grant that is closing already goes on to be free', async () => {
  const closing = { status: 'closing' as const, closingSince: NOON.toISOString() };
  const states = { [HOLDER]: ended('SUCCEEDED') };
  expect(await lookedAfter({ grant: closing, states })).toMatchObject({ freed: true, grant: 'free' });
});

describe('a call whose outcome nobody knows', () => {
  const states = { [HOLDER]: ended('SUCCEEDED') };
  const denied = {
    listUpdates: async () => Promise.reject(Object.assign(new Error('denied'), { name: 'AccessDenied' })),
  };
  const closing = (days: number) => ({
    status: 'closing' as const,
    closingSince: new Date(NOON.getTime() - days * 86_400_000).toISOString(),
  });

  test('keeps the grant closing until it is known', async () => {
    expect(await lookedAfter({ states, intents: [intent()], minutes: 0.5 })).toMatchObject({
      freed: false,
      grant: 'closing',
    });
  });

  test('keeps it for seven days where the cluster cannot be read, and then holds the cluster', async () => {
    const given = { states, intents: [intent()], eks: denied, minutes: 60 };
    await expect(lookedAfter({ ...given, grant: closing(6.9) })).rejects.toThrow('denied');
    const late = await lookedAfter({ ...given, grant: closing(7), upgrades: [upgrade({ mutated: true })] });
    expect([late.freed, late.grant, late.held?.code]).toEqual([true, 'free', 'Unreachable']);
    expect(late.held?.message).toContain(`could not be read for 7 days: denied`);
  });
});
