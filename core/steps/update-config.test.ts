import { MemoryTable } from '../../adapters/memory/table.ts';
import { intent, KEY, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Intent, UpdateConfigEntry } from '../contracts/items/protocol.ts';
import { done, failed, reason, wait } from '../contracts/step-result.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { loadUndoEntry } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { goOnWithUpdateConfig, putUpdateConfigBack, setUpdateConfig, withUpdateConfigBack } from './update-config.ts';

const ARN = 'arn:aws:eks:eu-central-1:111122223333:nodegroup/web/a/1';
const group = (given: Partial<Nodegroup> = {}): Nodegroup => ({
  ...{ clusterName: 'web', nodegroupName: 'a', nodegroupArn: ARN, status: 'ACTIVE', version: '1.36' },
  ...{ updateConfig: { maxUnavailable: 1 } },
  ...given,
});
const ONE = { maxUnavailable: 1, updateStrategy: 'DEFAULT' } as const;
const THREE = { maxUnavailable: 3, updateStrategy: 'DEFAULT' } as const;
const entry = (given: Partial<UpdateConfigEntry> = {}): UpdateConfigEntry => ({
  ...{ clusterKey: KEY, effect: 'updateConfig', subject: 'a', uid: ARN, upgradeId: '1.36-1.37' },
  ...{ former: ONE, ours: THREE, recordedAt: NOON.toISOString() },
  ...given,
});
const set = { call: 'UpdateNodegroupConfig', clusterName: 'web', nodegroupName: 'a' };
const WITH_OURS = group({ updateConfig: { maxUnavailable: 3 } });

interface Given extends GivenStep {
  readonly of?: Nodegroup;
  readonly left?: UpdateConfigEntry;
  readonly more?: NonNullable<GivenStep['eks']>;
}

/** A step of the upgrade, with the group `a` as EKS has it, and the undo of its settings as it is on record. */
async function prepared({ of = WITH_OURS, left, more = {}, ...given }: Given = {}) {
  const table = new MemoryTable();
  const ports = await oneStep(table, { eks: { nodegroups: { a: of }, ...more }, ...given });
  if (left !== undefined) await table.transact([put(UndoEntries, left, 'absent')]);
  const context = await contextOf(ports, stepInput({}, { nodegroup: 'a' }));
  const read = () => loadUndoEntry(table, KEY, 'updateConfig', 'a');
  return { ports, context, read, sent: ports.sent };
}

/** The settings of the group are to be its own again. */
async function putBack(given: Given = {}) {
  const { ports, context, read, sent } = await prepared({ left: entry(), ...given });
  const before = await read();
  if (before === undefined) throw new Error('no undo is on record');
  const { status, reasons, ...result } = await putUpdateConfigBack(ports, context, before);
  return {
    status,
    said: reasons[0]?.message,
    codes: reasons.map(({ code }) => code),
    result,
    sent,
    closed: (await read())?.data.closed?.how,
  };
}

const begun = (step: 'set-update-config' | 'restore-update-config', outcome?: Intent['outcome']) =>
  intent({
    ...{ step, subject: 'a' },
    call: {
      name: 'UpdateNodegroupConfig',
      input: { clusterName: 'web', nodegroupName: 'a', updateConfig: { maxUnavailable: 3 } },
    },
    ...(outcome === undefined ? {} : { outcome }),
  });
const accepted = { type: 'accepted', updateId: 'u-1', at: NOON.toISOString() } as const;

describe('before a roll', () => {
  const given = async (of: Nodegroup, ours: Parameters<typeof setUpdateConfig>[3], left?: UpdateConfigEntry) => {
    const { ports, context, read, sent } = await prepared({ of, ...(left === undefined ? {} : { left }) });
    return { result: await setUpdateConfig(ports, context, of, ours, []), kept: (await read())?.data, sent };
  };

  test('a group gets the settings for it, and what it had is on record to be put back', async () => {
    const { result, kept, sent } = await given(group(), THREE);
    expect(sent).toEqual([{ ...set, updateConfig: { maxUnavailable: 3 } }]);
    expect(result).toMatchObject({ status: 'wait', reasons: [{ code: 'UpdateInProgress' }] });
    expect(kept).toEqual(entry());
  });

  test('a group that has them already is not asked about, and nothing is to be put back', async () => {
    const { result, kept, sent } = await given(WITH_OURS, THREE);
    expect([result, kept, sent]).toEqual([undefined, undefined, []]);
  });

  test('what a roll before this one had set is not taken for the own settings of the group', async () => {
    const FIVE = { ...THREE, maxUnavailable: 5 };
    const { kept } = await given(WITH_OURS, FIVE, entry());
    expect(kept).toMatchObject({ former: ONE, ours: FIVE, oursBefore: THREE });
  });
});

test('its own settings are asked for once the roll has ended', async () => {
  const { status, sent, codes, closed } = await putBack();
  expect(sent).toEqual([{ ...set, updateConfig: { maxUnavailable: 1 } }]);
  expect([status, codes, closed]).toEqual(['wait', ['UpdateInProgress'], undefined]);
});

test.each<[string, Given, string, string]>([
  [
    'is gone',
    {
      more: {
        nodegroups: {},
        more: { describeNodegroup: async () => Promise.reject(failing('ResourceNotFoundException')) },
      },
    },
    'gone',
    'a: the node group is gone',
  ],
  ['has its own settings', { of: group() }, 'undone', 'a: the node group has its own update settings again'],
  [
    'was given others by somebody',
    { of: group({ updateConfig: { maxUnavailable: 7 } }) },
    'notOurs',
    'a: somebody has changed the update settings meanwhile, and they stay so; its own were others',
  ],
  [
    'was made anew under its name',
    { of: { ...WITH_OURS, nodegroupArn: `${ARN}2` } },
    'gone',
    'a: the node group is gone',
  ],
])('nothing is sent, and nothing is left to do, where a group %s', async (_, given, how, said) => {
  const result = await putBack(given);
  expect([result.sent, result.status, result.closed]).toEqual([[], 'done', how]);
  expect(result.said).toContain(said);
  expect(result.codes).toEqual(['TakenBack']);
});

test.each<[string, Given, string]>([
  ['is rolled by EKS', { of: { ...WITH_OURS, status: 'UPDATING' } }, 'TakingBack'],
  [
    'is being changed by somebody else',
    { more: { nodegroups: { a: WITH_OURS }, updates: { 'nodegroup/a': [{ id: 'x', type: 'ConfigUpdate' }] } } },
    'ForeignUpdate',
  ],
])('a group that %s keeps its settings until then', async (_, given, code) => {
  const { sent, status, codes, closed, result } = await putBack(given);
  expect([sent, status, codes, closed]).toEqual([[], 'parked', [code], undefined]);
  if (code === 'TakingBack') expect(result).toEqual({ resumeAt: new Date(NOON.getTime() + 300_000).toISOString() });
});

test('a change of settings that EKS still works on shows only at its end, which is waited for', async () => {
  const working = await putBack({ of: group(), kept: { intents: [begun('set-update-config', accepted)] } });
  expect([working.sent, working.status, working.closed]).toEqual([[], 'wait', undefined]);
  const ended = {
    nodegroups: { a: WITH_OURS },
    updates: { 'nodegroup/a': [{ id: 'u-1', status: 'Successful' as const }] },
  };
  const { sent } = await putBack({ more: ended, kept: { intents: [begun('set-update-config', accepted)] } });
  expect(sent).toEqual([{ ...set, updateConfig: { maxUnavailable: 1 } }]);
});

describe('a change that was begun before', () => {
  const goOn = async (given: Given) => {
    const { ports, context, sent } = await prepared(given);
    return { result: await goOnWithUpdateConfig(ports, context, 'a'), sent };
  };

  test.each<['set-update-config' | 'restore-update-config']>([['set-update-config'], ['restore-update-config']])(
    'goes on before anything else happens to the group (%s)',
    async (step) => {
      const { result, sent } = await goOn({ left: entry(), kept: { intents: [begun(step, accepted)] } });
      expect([result?.status, sent]).toEqual(['wait', []]);
    },
  );

  test.each<[string, Given]>([
    ['none was begun', { left: entry() }],
    [
      'nothing is to be put back any more',
      {
        left: entry({ closed: { how: 'undone', at: NOON.toISOString() } }),
        kept: { intents: [begun('set-update-config', accepted)] },
      },
    ],
    [
      'EKS never got it',
      {
        left: entry(),
        kept: { intents: [begun('set-update-config', { type: 'never-sent', at: NOON.toISOString() })] },
      },
    ],
  ])('is not waited for where %s', async (_, given) => {
    expect(await goOn(given)).toEqual({ result: undefined, sent: [] });
  });
});

describe('the result of a roll', () => {
  const rolled = done(reason('AtTarget', 'The node group a is at 1.37.'));
  const resultOf = async (result: Parameters<typeof withUpdateConfigBack>[3], given: Given = {}) => {
    const { ports, context, sent } = await prepared(given);
    return { ...(await withUpdateConfigBack(ports, context, 'a', result)), sent };
  };
  const isAt = (given: object) => ({ ...given, sent: [] });

  test('is what it was while the roll goes on, and where no settings were set', async () => {
    const waits = wait(60, reason('UpdateInProgress', 'x'));
    expect(await resultOf(waits, { left: entry() })).toEqual(isAt(waits));
    expect(await resultOf(rolled)).toEqual(isAt(rolled));
  });

  test('comes after the own settings are back, and says how it was rolled', async () => {
    const waits = await resultOf(rolled, { left: entry() });
    expect(waits).toMatchObject({ status: 'wait', reasons: [{ code: 'UpdateInProgress' }, { code: 'AtTarget' }] });
    expect(waits.sent).toHaveLength(1);
    const { status, reasons } = await resultOf(rolled, { of: group(), left: entry() });
    expect([status, reasons[1]?.message]).toEqual([
      'done',
      expect.stringMatching(/^a was rolled as the policy says, .*3.*; its own settings are back: .*1/),
    ]);
    const others = await resultOf(rolled, { of: group({ updateConfig: { maxUnavailable: 7 } }), left: entry() });
    expect(others.reasons[1]?.message).toContain('somebody has set others meanwhile, which stay');
  });

  test('says nothing of settings of another upgrade, nor where the roll has failed', async () => {
    const closed = { how: 'undone', at: NOON.toISOString() } as const;
    expect(await resultOf(rolled, { left: entry({ closed, upgradeId: '1.35-1.36' }) })).toEqual(isAt(rolled));
    const broken = failed(reason('UpdateFailed', 'x'));
    expect(await resultOf(broken, { of: group(), left: entry() })).toEqual(isAt(broken));
  });
});
