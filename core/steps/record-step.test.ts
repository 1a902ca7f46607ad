import { MemoryTable } from '../../adapters/memory/table.ts';
import { cluster, intent, KEY, type Kept, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, oneStep } from '../../test/material/steps/one-step.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { recordStep } from './run-step.ts';

type Step = Upgrade['steps'][string];
const NOON = '2026-11-20T12:00:00.000Z';
const LATER = '2026-11-20T12:10:00.000Z';
const said = (message = 'x'): Reason => reason('UpdateInProgress', message);
const step = (more: Partial<Step>): Step => ({ status: 'running', reasons: [said()], startedAt: NOON, ...more });
const ends = (status: StepResult['status'], ...reasons: Reason[]): StepResult => ({ status, reasons });

interface Given {
  readonly before?: Step;
  readonly name?: string;
  readonly detail?: object;
  readonly kept?: Kept;
  /** The upgrade changes after the step was opened; then its step is as given here. */
  readonly moves?: boolean;
  readonly movesTo?: Step;
}

/** The kept and published state of a step, ten minutes past noon. */
async function recorded(
  result: StepResult,
  { before, name = 's', detail, kept = {}, movesTo, moves = movesTo !== undefined }: Given = {},
) {
  const table = new MemoryTable();
  const upgrades = [upgrade({ steps: before === undefined ? {} : { [name]: before } })];
  const ports = await oneStep(table, { kept: { upgrades, ...kept }, minutes: 10 });
  const context = await contextOf(ports);
  if (moves) {
    const read = await load(table, Upgrades, KEY, '1.36-1.37');
    const steps = movesTo === undefined ? {} : { [name]: movesTo };
    await table.transact([replace(Upgrades, read, { ...upgrade({ steps }), mutated: true })]);
  }
  const writes = table.writes;
  expect(await recordStep(ports, context, name, result, { detail } as never)).toBe(result);
  const after = (await load(table, Upgrades, KEY, '1.36-1.37'))?.data;
  return {
    upgrade: after,
    kept: after?.steps[name],
    told: ports.told,
    record: await table.auditOf(KEY),
    hasWritten: table.writes > writes,
  };
}

test.each<[StepResult['status'], Step['status'], object]>([
  ['wait', 'running', {}],
  ['done', 'done', { endedAt: LATER }],
  ['failed', 'failed', { endedAt: LATER }],
  ['parked', 'parked', { endedAt: LATER }],
  ['blocked', 'blocked', { endedAt: LATER }],
])('a step that says %s is %s, on record, and told', async (status, kept, times) => {
  const { kept: after, told, record } = await recorded(ends(status, said()));
  expect(after).toStrictEqual({ status: kept, reasons: [said()], startedAt: LATER, ...times });
  const detail = { upgradeId: '1.36-1.37', step: 's', status: kept, reasons: [said()] };
  expect(record).toMatchObject([{ event: 'StepChanged', principal: 'liftlock', detail }]);
  const { account, region, arn } = cluster;
  const named = { version: 1, clusterKey: KEY, cluster: arn, account, region };
  expect(told).toEqual([{ type: 'StepChanged', detail: { ...named, ...detail } }]);
});

test('a poll that changes nothing writes nothing', async () => {
  expect((await recorded(ends('wait', said()), { before: step({}) })).hasWritten).toBe(false);
});

test('other reasons are kept without a word, and so is what later steps need', async () => {
  for (const [result, detail] of [
    [ends('wait', said('y')), undefined],
    [ends('wait', said()), { a: 1 }],
  ] as const) {
    const { kept, told, record } = await recorded(result, { before: step({}), ...(detail && { detail }) });
    expect(kept).toEqual({ ...step({}), reasons: result.reasons, ...(detail && { detail }) });
    expect([told, record]).toStrictEqual([[], []]);
  }
});

test('a step that goes on keeps when it began and what it has told; one that begins again begins anew', async () => {
  const { kept } = await recorded(ends('done'), { before: step({ detail: { a: 1 } }) });
  expect(kept).toEqual({ status: 'done', reasons: [], startedAt: NOON, endedAt: LATER, detail: { a: 1 } });
  const again = await recorded(ends('wait', said()), { before: step({ status: 'parked', endedAt: NOON }) });
  expect(again.kept).toStrictEqual({ status: 'running', reasons: [said()], startedAt: LATER });
  const other = await recorded(ends('done'), { before: step({ detail: { a: 1 } }), detail: { b: 2 } });
  expect(other.kept?.detail).toEqual({ b: 2 });
});

test('that it ended outside of its window stays true for who finds it done later', async () => {
  const past = reason('RanPastWindow', 'It ended at night.');
  const before = step({ status: 'done', reasons: [said(), past], endedAt: NOON });
  const reasonsAfter = async (result: StepResult) => (await recorded(result, { before })).kept?.reasons;
  const at = reason('AtTarget', 'x');
  expect(await reasonsAfter(ends('done', at))).toEqual([at, past]);
  const anew = reason('RanPastWindow', 'It ended in the morning.');
  expect(await reasonsAfter(ends('done', anew))).toEqual([anew]);
  expect(await reasonsAfter(ends('failed', at))).toEqual([at]);
  const waits = reason('HookWaits', 'Somebody is asked about it.');
  expect(await reasonsAfter(ends('wait', waits))).toEqual([waits, past]);
  const puts = reason('UpdateInProgress', 'Its own settings are put back.');
  expect(await reasonsAfter(ends('wait', puts))).toEqual([puts, past]);
});

test('an upgrade that has moved since is read anew, and nothing of it is lost', async () => {
  const { upgrade: after, kept } = await recorded(ends('done'), { moves: true });
  expect(after?.mutated).toBe(true);
  expect(kept?.status).toBe('done');
});

test('nothing is kept of a step without an upgrade, nor of one whose upgrade is gone', async () => {
  expect((await recorded(ends('done'), { kept: { upgrades: [] } })).hasWritten).toBe(false);
});

const outcome = (status: string) => ({
  type: 'accepted' as const,
  updateId: 'u',
  at: NOON,
  observed: { status, errors: [], at: NOON },
});
test.each<[string, string, Kept, string | undefined]>([
  [
    'when its update was seen to succeed',
    'upgrade-control-plane',
    { intents: [intent({ outcome: outcome('Successful') })] },
    NOON,
  ],
  [
    'not where its update failed',
    'upgrade-control-plane',
    { intents: [intent({ outcome: outcome('Failed') })] },
    undefined,
  ],
  [
    'not where nobody has seen its end',
    'upgrade-control-plane',
    { intents: [intent({ outcome: { type: 'accepted', updateId: 'u', at: NOON } })] },
    undefined,
  ],
  [
    'not where it was refused',
    'upgrade-control-plane',
    { intents: [intent({ outcome: { type: 'refused', error: 'x', message: 'x', at: NOON } })] },
    undefined,
  ],
  [
    'not where another upgrade did it',
    'upgrade-control-plane',
    { intents: [intent({ upgradeId: 'other', outcome: outcome('Successful') })] },
    undefined,
  ],
  ['not where somebody else did it', 'upgrade-control-plane', {}, undefined],
  ['not by another step', 'smoke-check', { intents: [intent({ outcome: outcome('Successful') })] }, undefined],
])('since when the control plane is there is kept: %s', async (_, name, kept, at) => {
  // A hook may be asked about it then, and refuse.
  for (const status of ['done', 'wait', 'failed'] as const)
    expect((await recorded(ends(status), { name, kept })).upgrade?.controlPlaneCompletedAt).toBe(at);
});

// The work of another execution may have ended long before this one saw it.
test('from when the seven days count at the earliest is kept where another execution had begun its update', async () => {
  const after = async (grantNumber: number) => {
    const intents = [intent({ grantNumber, outcome: outcome('Successful') })];
    return (await recorded(ends('done'), { name: 'upgrade-control-plane', kept: { intents } })).upgrade;
  };
  const own = intent();
  expect(await after(own.grantNumber)).not.toHaveProperty('reversibleFrom');
  expect(await after(own.grantNumber + 1)).toMatchObject({
    controlPlaneCompletedAt: NOON,
    reversibleFrom: own.committedAt,
  });
});

test.each([undefined, step({}), step({ status: 'parked', endedAt: NOON })])(
  'what another invocation has ended since this one began stands: before it %j',
  async (before) => {
    const ended = step({ status: 'done', endedAt: LATER });
    const { kept, told, record } = await recorded(ends('wait', said('late')), {
      movesTo: ended,
      ...(before === undefined ? {} : { before }),
    });
    expect([kept, told, record]).toEqual([ended, [], []]);
  },
);
