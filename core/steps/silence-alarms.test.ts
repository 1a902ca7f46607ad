import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, KEY, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, failing, oneStep } from '../../test/material/steps/one-step.ts';
import { done, failed, parked, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { hasEffect, openUndoEntries } from '../protocol/undo.ts';
import { Intents, UndoEntries, Upgrades } from '../store/entities.ts';
import { load, loadKind, replace } from '../store/entity.ts';
import { liftSilence, muteAlarms, withSilenceLifted } from './silence-alarms.ts';

const policy = policyWith({ name: 'p' });
const MOMENT = { step: 'upgrade-control-plane', part: 'cluster' } as const;
const RESULT = done(reason('Upgraded', 'It is there.'));

interface Given {
  readonly longest?: string;
  readonly alarms?: readonly string[];
  readonly kept?: object;
}

/** The step of the control plane, whose policy mutes two alarms, this number of minutes after noon. */
async function silencing({ longest = '4h', alarms = ['errors', 'late'], kept = {} }: Given = {}) {
  const silences = [{ alarms: [...alarms], during: ['upgrade-control-plane' as const], longest }];
  const table = new MemoryTable();
  const ports = await oneStep(table, {
    kept: { policy: policyConfig({ ...policy, spec: { ...policy.spec, silences } }), ...kept },
  });
  const clock = { minutes: 0, now: () => new Date(ports.clock.now().getTime() + clock.minutes * 60_000) };
  const there = { ...ports, clock };
  const mute = async (moment: Parameters<typeof muteAlarms>[2] = MOMENT) =>
    muteAlarms(there, await contextOf(there), moment);
  const end = async (result: StepResult = RESULT) => withSilenceLifted(there, await contextOf(there), MOMENT, result);
  const entries = async () =>
    (await loadKind(table, UndoEntries)).flatMap((entry) => (entry.effect === 'silence' ? [entry] : []));
  const open = async () => (await openUndoEntries(table, KEY)).filter(hasEffect('silence'));
  const lift = async () => {
    const [entry] = await open();
    if (entry === undefined) throw new Error('nothing is silenced');
    return liftSilence(there, await contextOf(there), entry);
  };
  return { ports: there, table, clock, mute, end, lift, entries, open, silences: there.silences };
}
const codes = ({ reasons }: StepResult) => reasons.map(({ code }) => code);

test('a silence is committed with how it is lifted, once under a grant, and is no change of the cluster', async () => {
  const { mute, silences, open, table } = await silencing();
  // The change has its own invocation.
  expect(await mute()).toMatchObject({ status: 'wait', waitSeconds: 1, reasons: [{ code: 'Silencing' }] });
  expect(silences.sent).toEqual(['mute errors, late']);
  const [entry] = await open();
  expect(entry?.data).toMatchObject({
    ...{ upgradeId: upgrade().id, ...MOMENT, alarms: ['errors', 'late'], grantNumber: grant().number },
    until: '2026-11-20T16:01:00.000Z',
  });
  expect(silences.rules.all()).toMatchObject([{ name: entry?.data.subject, alarms: ['errors', 'late'] }]);
  expect((await load(table, Upgrades, KEY, upgrade().id))?.data.mutated).toBe(false);
  expect(await mute()).toBeUndefined();
  expect(silences.sent).toHaveLength(1);
});

test('steps that the policy does not name, executions without a grant and rollbacks silence nothing', async () => {
  const { mute, ports, silences } = await silencing();
  expect(await mute({ step: 'roll-node-group', part: 'workers' })).toBeUndefined();
  const context = await contextOf(ports);
  for (const less of [{ grant: undefined }, { upgrade: undefined }])
    await muteAlarms(ports, { ...context, ...less }, MOMENT);
  const back = { ...upgrade(), machine: 'rollback-cluster' as const };
  await muteAlarms(ports, { ...context, upgrade: back }, MOMENT);
  expect(silences.sent).toEqual([]);
});

const stopped = { stopped: true, by: 'ann', reason: 'a look', since: '2026-11-20T11:00:00.000Z' };

test('what forbids the change forbids the silence, by its own reason', async () => {
  const { mute, silences, entries } = await silencing({ kept: { control: stopped } });
  expect(codes((await mute()) ?? RESULT)).toEqual(['FleetStopped']);
  expect([silences.sent, await entries()]).toEqual([[], []]);
});

test('it stays while the step waits, and goes with it, whichever way', async () => {
  for (const result of [
    RESULT,
    failed(reason('UpdateFailed', 'no')),
    parked(undefined, reason('ForeignUpdate', 'x')),
  ]) {
    const { mute, end, silences, open } = await silencing();
    await mute();
    expect(await end(wait(60, reason('UpdateInProgress', 'on')))).toEqual(wait(60, reason('UpdateInProgress', 'on')));
    expect(silences.sent).toHaveLength(1);
    const ended = await end(result);
    expect([ended.status, codes(ended)]).toEqual([result.status, [...codes(result), 'Silenced']]);
    expect([silences.sent.at(-1), silences.rules.all(), await open()]).toEqual(['unmute', [], []]);
    // A later look finds the same.
    expect(await end(result)).toEqual(ended);
  }
});

test('those that ring are named, five of them one by one, and one that cannot be read is said so', async () => {
  const { mute, end, silences } = await silencing();
  silences.alarms.set('late', { state: 'ALARM' });
  await mute();
  const [, rings] = (await end()).reasons;
  expect([rings?.code, rings?.message]).toEqual([
    'SilencedAlarmRings',
    expect.stringMatching(/^The alarm late is in ALARM: /),
  ]);
  const many = await silencing({ alarms: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] });
  for (const name of 'abcdefg') many.silences.alarms.set(name, { state: 'ALARM' });
  await many.mute();
  const told = (await many.end()).reasons.filter(({ code }) => code === 'SilencedAlarmRings');
  expect([told.length, told.at(-1)?.message]).toEqual([6, 'So are f, g.']);
  const other = await silencing();
  await other.mute();
  other.silences.refuse = (operation) => {
    if (operation === 'describe') throw failing('AccessDenied', 'not yours');
  };
  expect((await other.end()).reasons[1]?.message).toContain('could not be read: AccessDenied: not yours');
});

test.each([
  ['AccessDenied', 'gone'],
  ['ValidationError', 'gone'],
  ['LimitExceededFault', 'gone'],
  ['TimeoutError', undefined],
  ['InternalServiceFault', undefined],
])('a rule that is answered with %s is told, and stands open only where it may be there', async (name, how) => {
  const { mute, silences, entries, end } = await silencing();
  silences.refuse = (operation) => {
    if (operation === 'put') throw failing(name, 'no');
  };
  expect((await mute())?.reasons[0]?.code).toBe('Silencing');
  expect((await entries()).map(({ closed }) => closed?.how)).toEqual([how]);
  expect(codes(await end(wait(1, reason('UpdateInProgress', 'on'))))).toEqual(['UpdateInProgress', 'NotSilenced']);
  // It is not requested again under this grant.
  silences.refuse = () => {};
  expect(await mute()).toBeUndefined();
  expect(silences.sent).toEqual([]);
});

test('what may still arrive is waited for, and then found', async () => {
  const { mute, end, clock, silences, open } = await silencing();
  const arrives = silences.putMuteRule.bind(silences);
  silences.putMuteRule = async (...call) => {
    await arrives(...call);
    throw failing('TimeoutError');
  };
  await mute();
  const early = await end();
  expect([early.status, codes(early)]).toEqual(['wait', ['OutcomeUnknown', 'Upgraded']]);
  clock.minutes = 1;
  expect((await end()).status).toBe('done');
  expect([silences.rules.all(), await open()]).toEqual([[], []]);
});

test('a rule that is not there yet may still come: nothing is taken for over before that', async () => {
  const { mute, end, clock, silences, entries } = await silencing();
  const arrives = silences.putMuteRule.bind(silences);
  let late = async () => {};
  silences.putMuteRule = async (...call) => {
    late = () => arrives(...call);
    throw failing('TimeoutError');
  };
  await mute();
  expect((await end()).status).toBe('wait');
  await late();
  clock.minutes = 1;
  expect((await end()).status).toBe('done');
  expect([silences.rules.all(), (await entries())[0]?.closed?.how]).toEqual([[], 'undone']);
});

test('an invocation that died between its commit and its call is made up for, once its call cannot arrive any more', async () => {
  const { mute, clock, silences, table, open } = await silencing();
  silences.putMuteRule = async () => Promise.reject(failing('Crash'));
  await mute();
  delete (silences as { putMuteRule?: unknown }).putMuteRule;
  // The result equals that without its note.
  const [read] = await open();
  if (read === undefined) throw new Error('nothing was committed');
  const { notes: _, ...bare } = read.data;
  await table.transact([replace(UndoEntries, read, bare)]);
  expect((await mute())?.reasons[0]?.code).toBe('OutcomeUnknown');
  clock.minutes = 1;
  expect((await mute())?.reasons[0]?.code).toBe('Silencing');
  expect(silences.sent).toEqual(['mute errors, late']);
});

test('a rule of our name that is somebody else’s is neither written over nor deleted', async () => {
  const { mute, end, silences, entries } = await silencing();
  await mute();
  const [rule] = silences.rules.all();
  const Rule = { Schedule: { Expression: 'at(2026-11-20T08:00)', Duration: 'PT1H' } };
  const theirs = () =>
    silences.rules.put(
      { account: rule?.account ?? '', region: rule?.region ?? '' },
      { Name: rule?.name ?? '', Description: 'mine', Rule },
      [],
      new Date(0),
    );
  theirs();
  expect((await end()).reasons[1]?.message).toContain('has another description now');
  expect([silences.rules.all().length, (await entries())[0]?.closed?.how]).toEqual([1, 'notOurs']);
  const before = await silencing();
  before.silences.getMuteRule = async () => ({ description: 'mine' });
  await before.mute();
  expect(before.silences.sent).toEqual([]);
  expect((await before.entries())[0]?.notes?.[0]?.message).toContain("is somebody else's; rename it");
});

test('nothing is put so late after its commit that its end could come before it', async () => {
  const { mute, silences, clock, entries } = await silencing();
  silences.refuse = (operation) => {
    if (operation === 'describe') clock.minutes += 0.3;
  };
  await mute();
  expect(silences.sent).toEqual([]);
  expect((await entries())[0]?.notes?.[0]?.message).toContain('CloudWatch took too long to answer');
});

test('an invocation that died after it had lifted the silence leaves it to the next one to tell so', async () => {
  const { mute, end, lift, clock, silences } = await silencing();
  await mute();
  const deletes = silences.deleteMuteRule.bind(silences);
  silences.deleteMuteRule = async (...call) => {
    await deletes(...call);
    throw failing('Crash');
  };
  expect(codes(await end())).toEqual(['Upgraded', 'NotLifted']);
  silences.alarms.set('late', { state: 'ALARM' });
  expect((await lift()).status).toBe('wait');
  clock.minutes = 1;
  expect(codes(await lift())).toEqual(['SilencedAlarmRings', 'Silenced']);
  expect(silences.sent).toEqual(['mute errors, late', 'unmute']);
});

test('where nobody may lift it, it is tried again until it has ended by itself, and then it is over', async () => {
  const { mute, end, lift, clock, silences, open } = await silencing({ longest: '20m' });
  await mute();
  silences.refuse = (operation) => {
    if (operation === 'get') throw failing('AccessDenied', 'not yours');
  };
  const ended = await end();
  expect([ended.status, codes(ended)]).toEqual(['done', ['Upgraded', 'NotLifted']]);
  expect(await lift()).toMatchObject({ status: 'parked', resumeAt: '2026-11-20T12:15:00.000Z' });
  clock.minutes = 10;
  // It does not last longer than the step.
  expect(await lift()).toMatchObject({ status: 'parked', resumeAt: '2026-11-20T12:21:00.000Z' });
  clock.minutes = 21;
  const over = await lift();
  expect([over.status, codes(over)]).toEqual(['done', ['Silenced', 'NotLifted']]);
  expect(over.reasons[1]?.message).toMatch(
    /^The silence has ended by itself, and its mute rule .* may be left: AccessDenied: /,
  );
  expect(await open()).toEqual([]);
});

test('a fault of the moment leaves no rule behind, though the silence has ended by itself', async () => {
  const { mute, lift, clock, silences, open } = await silencing({ longest: '20m' });
  await mute();
  clock.minutes = 30;
  let fails = true;
  silences.refuse = (operation) => {
    if (operation === 'get' && fails) throw failing('ThrottlingException', 'slow down');
  };
  const tried = await lift();
  expect(tried).toMatchObject({ status: 'parked', resumeAt: '2026-11-20T12:45:00.000Z' });
  expect(tried.reasons[0]?.message).toContain('It has ended by itself, and its rule is left; that is tried again');
  fails = false;
  expect((await lift()).status).toBe('done');
  expect([await open(), silences.rules.all()]).toEqual([[], []]);
});

test('a rule that somebody has deleted meanwhile is missed', async () => {
  const { mute, end, silences } = await silencing();
  await mute();
  for (const { account, region, name } of silences.rules.all()) silences.rules.delete({ account, region }, name);
  expect((await end()).reasons[1]?.message).toMatch(/was not there any more when it was to be lifted/);
  expect(silences.sent).toEqual(['mute errors, late']);
});

test('both calls of a silence share one intent, so that neither is sent while the other one may arrive', async () => {
  const { mute, end, table } = await silencing();
  await mute();
  await end();
  const intents = (await loadKind(table, Intents)).filter(({ step }) => step === 'silence-alarms');
  expect(intents.map(({ subject, call, commits }) => [subject, call.name, commits])).toEqual([
    ['upgrade-control-plane/cluster', 'UnmuteAlarms', 2],
  ]);
});
