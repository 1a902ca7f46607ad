import { MemoryTable } from '../../adapters/memory/table.ts';
import { grant, intent, KEY, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { type FakeEks, failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Addon } from '../ports/eks.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { updateAddons } from './update-addons.ts';

const BOTH = ['1.36', '1.37'];
const offers = { cni: { 'v1.0.0': ['1.36'], 'v1.1.0': BOTH }, dns: { 'v1.0.0': ['1.36'], 'v1.1.0': BOTH } };
const gone = failing('ResourceNotFoundException');

interface Given extends Omit<GivenStep, 'eks'> {
  readonly phase?: 'before' | 'after' | 'back';
  readonly eks?: FakeEks;
  readonly addons?: FakeEks['addons'];
}

async function updated({ phase = 'before', eks = {}, addons = { cni: {} }, ...given }: Given = {}) {
  const version = phase === 'before' ? '1.36' : '1.37';
  const ports = await oneStep(new MemoryTable(), { ...given, eks: { cluster: { version }, addons, offers, ...eks } });
  const input = { ...(phase === 'after' ? {} : { phase }), ...(phase === 'back' ? { targetVersion: '1.36' } : {}) };
  const { status, reasons, waitSeconds } = await updateAddons(ports, stepInput(input));
  const { sent, asked } = ports;
  const steps = (await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data.steps;
  return { status, waitSeconds, sent, asked, steps, codes: reasons.map(({ code }) => code), said: reasons[0]?.message };
}
const accepted = (subject: string, updateId = 'u-1') =>
  intent({
    step: 'update-addons',
    subject,
    call: { name: 'UpdateAddon', input: { clusterName: 'web', addonName: subject, addonVersion: 'v1.1.0' } },
    outcome: { type: 'accepted', updateId, at: '2026-11-20T12:00:00.000Z' },
  });

test.each(['before', 'after'] as const)('an add-on goes to a version that fits %s the control plane', async (phase) => {
  const { status, codes, sent, waitSeconds, said } = await updated({ phase });
  const call = { call: 'UpdateAddon', clusterName: 'web', addonName: 'cni', addonVersion: 'v1.1.0' };
  expect(sent).toStrictEqual([{ ...call, resolveConflicts: 'PRESERVE' }]);
  expect([status, codes, waitSeconds]).toEqual(['wait', ['UpdateInProgress'], 60]);
  expect(said).toBe('Update of cni: EKS works on update u-1.');
});

test('also what a step that is throttled has to tell is kept under the name of its phase', async () => {
  const ports = await oneStep(new MemoryTable(), { eks: { addons: { cni: failing('ThrottlingException') } } });
  await updateAddons(ports, stepInput({ phase: 'before' }));
  const { steps = {} } = (await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data ?? {};
  expect(Object.keys(steps)).toEqual(['update-addons-before']);
});

test('an add-on that somebody creates is waited for in a hop of eight days too', async () => {
  const upgrades = [upgrade({ status: 'Running', startedAt: '2026-11-12T12:00:00.000Z' })];
  const statusOf = async (createdAt: Date) => {
    const cni = { addonVersion: 'v1.1.0', status: 'CREATING', createdAt } as const;
    return (await updated({ addons: { cni }, kept: { upgrades } })).status;
  };
  expect(await statusOf(new Date('2026-11-20T11:00:00Z'))).toBe('parked');
  expect(await statusOf(new Date('2026-11-13T11:00:00Z'))).toBe('blocked');
});

test('what an add-on had is sent again as it was read', async () => {
  const had = { serviceAccountRoleArn: 'arn:role', configurationValues: '{}' };
  expect((await updated({ addons: { cni: had } })).sent).toMatchObject([had]);
});

test('add-ons go one after the other by their names, and only while those before are done', async () => {
  const { sent } = await updated({ addons: { dns: {}, cni: {} } });
  expect(sent).toMatchObject([{ addonName: 'cni' }]);
  const next = await updated({ addons: { dns: {}, cni: { addonVersion: 'v1.1.0' } } });
  expect(next.sent).toMatchObject([{ addonName: 'dns' }]);
});

test('when every add-on fits, that is told of each', async () => {
  const there = { addonVersion: 'v1.1.0' };
  const { status, codes, said, sent } = await updated({ addons: { cni: there, dns: there } });
  expect([status, codes, sent]).toEqual(['done', ['AddonFits', 'AddonFits'], []]);
  expect(said).toBe('cni v1.1.0 fits 1.36 and 1.37.');
  expect(await updated({ addons: {} })).toMatchObject({ status: 'done', codes: ['Looked'] });
});

test('who else changes an add-on is asked where it is to be moved or does not rest', async () => {
  const there = { addonVersion: 'v1.1.0' };
  const updates = { 'addon/cni': [{ id: 'theirs', status: 'InProgress' as const }] };
  const found = async (cni: object) => (await updated({ addons: { cni }, eks: { updates } })).codes;
  expect(await found(there)).toEqual(['AddonFits']);
  for (const other of [{}, { ...there, status: 'DEGRADED' }, { ...there, status: 'CREATING' }])
    expect(await found(other)).toEqual(['ForeignUpdate']);
});

test.each<[string, Given, string, string, string]>([
  [
    'whose cluster is not there yet, after it',
    { phase: 'after', eks: { cluster: { version: '1.36' } } },
    'blocked',
    'NotTheControlPlanesVersion',
    'web is at 1.36; its add-ons go there, not to 1.37.',
  ],
  [
    'whose cluster is there already, before it',
    { phase: 'before', eks: { cluster: { version: '1.37' } } },
    'done',
    'AtTarget',
    'The control plane of web is at 1.37.',
  ],
  [
    'that EKS does not know',
    { eks: { offers: {} } },
    'blocked',
    'AddonUnknown',
    'EKS lists no versions of cni; update or remove it by hand.',
  ],
  [
    'that EKS no longer offers',
    { eks: { more: { describeAddonVersions: async () => Promise.reject(gone) } } },
    'blocked',
    'AddonUnknown',
    'EKS lists no versions of cni; update or remove it by hand.',
  ],
  [
    'that fits no minor to come',
    { eks: { offers: { cni: { 'v1.0.0': ['1.36'] } } } },
    'blocked',
    'AddonIncompatible',
    expect.stringContaining('No version of cni'),
  ],
  [
    'that fits and is not well',
    {
      addons: {
        cni: { addonVersion: 'v1.1.0', status: 'DEGRADED', health: { issues: [{ code: 'X', message: 'y' }] } },
      },
    },
    'failed',
    'AddonStatus',
    'The add-on cni is DEGRADED. X: y',
  ],
  [
    'that fits and is being created',
    { addons: { cni: { addonVersion: 'v1.1.0', status: 'CREATING' } } },
    'parked',
    'NotActive',
    'The add-on cni is CREATING.',
  ],
  ...(['UPDATING', 'DELETING'] as const).map((status): [string, Given, string, string, string] => [
    `that is ${status} by somebody else`,
    { addons: { cni: { status } } },
    'parked',
    'ForeignUpdate',
    "Somebody else's update (unknown id) runs on the add-on cni; nothing is started while it does.",
  ]),
  [
    'with an update of somebody else',
    { eks: { updates: { 'addon/cni': [{ id: 'x', type: 'AddonUpdate' }] } } },
    'parked',
    'ForeignUpdate',
    "Somebody else's AddonUpdate (x) runs on the add-on cni; nothing is started while it does.",
  ],
  [
    'of a cluster that somebody changes',
    { eks: { cluster: { status: 'UPDATING', version: '1.36' } } },
    'parked',
    'ForeignUpdate',
    'web is UPDATING, not ACTIVE: somebody else changes it.',
  ],
])('nothing is sent for an add-on %s', async (_, given, status, code, said) => {
  expect(await updated(given)).toMatchObject({ status, codes: [code], said, sent: [] });
});

test('one that fits and lacks replicas right after nodes were replaced is given a quarter of an hour', async () => {
  const cni = { addonVersion: 'v1.1.0', status: 'DEGRADED' as const };
  const after = (minutes: number, steps: Upgrade['steps'] = {}) =>
    updated({ phase: 'after', addons: { cni }, minutes, kept: { upgrades: [upgrade({ mutated: true, steps })] } });
  const first = await after(40);
  expect(first).toMatchObject({ status: 'wait', codes: ['AddonStatus'], waitSeconds: 60 });
  expect(await after(54, first.steps)).toMatchObject({ status: 'wait', codes: ['AddonStatus'] });
  expect(await after(55, first.steps)).toMatchObject({ status: 'failed', codes: ['AddonStatus'] });
  // It was well between: another update ran.
  const between = JSON.parse(JSON.stringify(first.steps).replaceAll('AddonStatus', 'UpdateInProgress'));
  expect(await after(55, between)).toMatchObject({ status: 'wait', codes: ['AddonStatus'] });
});

test.each(['DEGRADED', 'UPDATE_FAILED', 'CREATE_FAILED'] as const)(
  'one that is %s and fits the minor before is told on the way back, and does not end it',
  async (status) => {
    const back = { id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36' } as const;
    const kept = { upgrades: [upgrade(back)], grant: grant({ upgradeId: back.id, machine: back.machine }) };
    const given = { phase: 'back', addons: { cni: { addonVersion: 'v1.1.0', status } }, kept } as const;
    expect(await updated(given)).toMatchObject({ status: 'done', codes: ['AddonFits', 'AddonStatus'], sent: [] });
  },
);

test('an add-on that is degraded is moved all the same where it does not fit', async () => {
  expect((await updated({ addons: { cni: { status: 'DEGRADED' } } })).sent).toHaveLength(1);
});

test('what runs is asked about first, and nothing else is read while it does', async () => {
  const kept = { intents: [accepted('dns')] };
  const { status, codes, asked, sent } = await updated({ addons: { cni: {}, dns: {} }, kept });
  expect([status, codes, sent]).toEqual(['wait', ['UpdateInProgress'], []]);
  expect(asked).toEqual(['cluster', 'u-1']);
});

test('what ran and has ended is followed by the next', async () => {
  const kept = { intents: [accepted('cni')] };
  const updates = { 'addon/cni': [{ status: 'Successful' as const }] };
  const addons: Record<string, Partial<Addon>> = { cni: { addonVersion: 'v1.1.0' }, dns: {} };
  expect((await updated({ addons, kept, eks: { updates } })).sent).toMatchObject([{ addonName: 'dns' }]);
  const failed = { 'addon/cni': [{ status: 'Failed' as const }] };
  expect(await updated({ addons, kept, eks: { updates: failed } })).toMatchObject({ status: 'failed', sent: [] });
});

// docs/semantics.md, The scan and the smoke check: after the control plane a version that fits is no failure.
test.each<[string, Partial<Addon>, string, readonly string[]]>([
  ['that fits the target all the same stays', { addonVersion: 'v1.1.0' }, 'done', ['AddonNotMoved']],
  ['that does not fit it has failed', { addonVersion: 'v1.0.0' }, 'failed', ['UpdateFailed']],
  [
    'that is not well since has failed',
    { addonVersion: 'v1.1.0', status: 'UPDATE_FAILED' },
    'failed',
    ['UpdateFailed'],
  ],
])('an add-on whose update has failed after the control plane, and %s', async (_, cni, status, codes) => {
  const updates = { 'addon/cni': [{ status: 'Failed' as const }] };
  const given = { addons: { cni }, kept: { intents: [accepted('cni')] }, eks: { updates } };
  expect(await updated({ ...given, phase: 'after' })).toMatchObject({ status, codes, sent: [] });
  expect(await updated({ ...given, phase: 'before' })).toMatchObject({ status: 'failed', sent: [] });
});

test('an add-on that was removed while it was updated is no matter any more', async () => {
  const kept = { intents: [accepted('cni')] };
  const more = { describeUpdate: async () => Promise.reject(gone) };
  expect(await updated({ addons: {}, kept, eks: { more } })).toMatchObject({ status: 'done', codes: ['Looked'] });
  const other = { describeUpdate: async () => Promise.reject(failing('ServerException')) };
  await expect(updated({ addons: {}, kept, eks: { more: other } })).rejects.toMatchObject({ name: 'ServerException' });
});

describe('inside a minor', () => {
  const inside = (pins: object, more: Given = {}) =>
    updated({ phase: 'after', kept: { upgrades: [upgrade({ from: '1.37', to: '1.37', ...pins })] }, ...more });
  const fits = { 'v1.0.0': BOTH, 'v1.1.0': BOTH, 'v1.2.0': BOTH };

  test('an add-on goes to the version that its rollout has pinned, whatever is newer', async () => {
    const { sent } = await inside({ addons: { cni: 'v1.1.0' } }, { eks: { offers: { cni: fits } } });
    expect(sent).toMatchObject([{ addonName: 'cni', addonVersion: 'v1.1.0' }]);
  });

  test.each([{ addons: { dns: 'v1.1.0' } }, { releases: { workers: 'r' } }])(
    'one that the plan does not name stays as long as it fits: %j',
    async (pins) => {
      const { status, sent, said } = await inside(pins, { eks: { offers: { cni: fits } } });
      expect([status, sent]).toEqual(['done', []]);
      expect(said).toBe('cni stays at v1.0.0, which fits 1.37: the plan of its rollout names no other version.');
      expect((await inside(pins)).sent).toMatchObject([{ addonName: 'cni', addonVersion: 'v1.1.0' }]);
    },
  );

  test('a hop whose images are pinned takes the newest of each add-on, as one without pins does', async () => {
    const hop = upgrade({ from: '1.36', to: '1.37', releases: { workers: 'r' } });
    const { sent } = await inside({}, { kept: { upgrades: [hop] }, eks: { offers: { cni: fits } } });
    expect(sent).toMatchObject([{ addonName: 'cni', addonVersion: 'v1.2.0' }]);
  });

  test('a pinned version that EKS did not install is a failure, though what is there fits', async () => {
    const upgrades = [upgrade({ from: '1.37', to: '1.37', addons: { cni: 'v1.1.0' } })];
    const updates = { 'addon/cni': [{ status: 'Failed' as const }] };
    const eks = { updates, offers: { cni: fits } };
    const found = await inside({}, { kept: { upgrades, intents: [accepted('cni')] }, eks });
    expect(found).toMatchObject({ status: 'failed', codes: ['UpdateFailed'] });
  });
});

describe('in a rollback', () => {
  const mine = upgrade({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36' });
  const known = { ...offers, 'kube-proxy': { 'v1.36.0': BOTH, 'v1.37.0': ['1.37'] }, new: { 'v1.0.0': ['1.37'] } };
  const back = async (
    addons: FakeEks['addons'],
    { phase = 'back', version = '1.37', of = mine }: { phase?: string; version?: string; of?: typeof mine } = {},
  ) => {
    const ports = await oneStep(new MemoryTable(), {
      eks: { cluster: { version }, addons: addons ?? {}, offers: known },
      kept: { upgrades: [of], grant: grant({ upgradeId: of.id, machine: of.machine }) },
    });
    const { status, reasons } = await updateAddons(ports, stepInput({ phase, targetVersion: of.to }));
    return { status, code: reasons[0]?.code, sent: ports.sent };
  };
  const proxy = { 'kube-proxy': { addonVersion: 'v1.37.0' } };

  test('an add-on that does not fit the minor goes back, as it was read', async () => {
    const { status, sent } = await back(proxy);
    const call = {
      call: 'UpdateAddon',
      addonName: 'kube-proxy',
      addonVersion: 'v1.36.0',
      resolveConflicts: 'PRESERVE',
    };
    expect([status, sent]).toEqual(['wait', [{ ...call, clusterName: 'web' }]]);
  });

  test('what fits stays, what fits nowhere stops it, and what EKS does not list too', async () => {
    expect(await back({ cni: { addonVersion: 'v1.1.0' } })).toMatchObject({ status: 'done', sent: [] });
    expect(await back({ new: {} })).toMatchObject({ status: 'blocked', sent: [] });
    expect(await back({ other: {} })).toMatchObject({ status: 'blocked', code: 'AddonUnknown', sent: [] });
  });

  test.each(['1.36', '1.38'])('nothing goes back where the control plane is at %s', async (version) => {
    expect(await back(proxy, { version })).toMatchObject({ status: 'done', code: 'AtTarget', sent: [] });
  });

  test('add-ons go back in a rollback and only there', async () => {
    for (const phase of ['before', 'after'])
      expect(await back(proxy, { phase })).toMatchObject({ status: 'blocked', code: 'OtherDirection', sent: [] });
    const up = upgrade({ id: 'x', from: '1.37', to: '1.36' });
    expect(await back(proxy, { of: up })).toMatchObject({ status: 'blocked', code: 'OtherDirection', sent: [] });
  });
});
