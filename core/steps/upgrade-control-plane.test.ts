import { MemoryTable } from '../../adapters/memory/table.ts';
import { fleetConfig, grant, intent, KEY, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { quoted } from '../contracts/step-result.ts';
import type { Cluster, Update } from '../ports/eks.ts';
import { Clusters } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { upgradeControlPlane } from './upgrade-control-plane.ts';

async function upgraded({ target = '1.37', ...given }: GivenStep & { readonly target?: string } = {}) {
  const ports = await oneStep(new MemoryTable(), given);
  const result = await upgradeControlPlane(ports, stepInput({ targetVersion: target }));
  const { status, reasons, waitSeconds, resumeAt } = result;
  return {
    ...{ status, waitSeconds, resumeAt, sent: ports.sent },
    codes: reasons.map(({ code }) => code),
    said: reasons.map(({ message }) => message).join(' '),
  };
}
const at = '2026-11-20T12:00:00.000Z';
const running = intent({ outcome: { type: 'accepted', updateId: 'u-1', at } });
const seen = (update: Partial<Update>, cluster: Partial<Cluster> = {}): GivenStep => ({
  kept: { intents: [running] },
  eks: { updates: { cluster: [update] }, cluster },
  minutes: 16,
});

test('a control plane goes one minor up, and is looked at after seven minutes', async () => {
  const { status, codes, said, sent, waitSeconds } = await upgraded();
  expect(sent).toEqual([{ call: 'UpdateClusterVersion', name: 'web', version: '1.37' }]);
  expect([status, codes, waitSeconds]).toEqual(['wait', ['UpdateInProgress'], 420]);
  expect(said).toBe('Upgrade of web to 1.37: EKS works on update u-1.');
});

test.each<[string, Parameters<typeof upgraded>[0], string, string, string]>([
  [
    'is there already',
    { eks: { cluster: { version: '1.37' } } },
    'done',
    'AtTarget',
    'The control plane of web is at 1.37.',
  ],
  [
    'is there and has not settled',
    { eks: { cluster: { version: '1.37', status: 'UPDATING' } }, minutes: 8 },
    'wait',
    'NotActive',
    'web is at 1.37 and UPDATING.',
  ],
  [
    'is there and lost',
    { eks: { cluster: { version: '1.37', status: 'FAILED' } } },
    'blocked',
    'ClusterStatus',
    'web is FAILED; EKS takes no update in it.',
  ],
  [
    'is further',
    { eks: { cluster: { version: '1.38' } } },
    'blocked',
    'Downgrade',
    expect.stringContaining('never goes down'),
  ],
  [
    'is not one minor away',
    { eks: { cluster: { version: '1.35' } } },
    'blocked',
    'NotOneHop',
    expect.stringContaining('2 minors'),
  ],
  [
    'is changed by somebody else',
    { eks: { cluster: { status: 'UPDATING' } } },
    'parked',
    'ForeignUpdate',
    'web is UPDATING, not ACTIVE: somebody else changes it.',
  ],
  [
    'has an update of somebody else',
    { eks: { updates: { cluster: [{ id: 'x', type: 'VpcConfigUpdate' }] } } },
    'parked',
    'ForeignUpdate',
    "Somebody else's VpcConfigUpdate (x) runs on the control plane of web; nothing is started while it does.",
  ],
  [
    'is lost',
    { eks: { cluster: { status: 'DELETING' } } },
    'blocked',
    'ClusterStatus',
    'web is DELETING; EKS takes no update in it.',
  ],
  [
    'somebody deletes, of a hop that has waited for its windows for longer than a week',
    {
      eks: { cluster: { status: 'DELETING' } },
      kept: { upgrades: [upgrade({ mutated: true, startedAt: '2026-11-10T12:00:00.000Z' })] },
    },
    'parked',
    'Deleting',
    'The cluster web is being deleted.',
  ],
  [
    'is not well',
    { eks: { cluster: { health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'gone' }] } } } },
    'blocked',
    'ClusterHealth',
    'EKS reports Ec2SubnetNotFound on web: gone. Repair it before an upgrade (aws eks describe-cluster, health.issues).',
  ],
  [
    'is not well, and nobody says how',
    { eks: { cluster: { health: { issues: [{}] } } } },
    'blocked',
    'ClusterHealth',
    expect.stringContaining('EKS reports an issue on web: no message.'),
  ],
])('nothing is sent to a control plane that %s', async (_, given, status, code, said) => {
  expect(await upgraded(given)).toMatchObject({ status, codes: [code], said, sent: [] });
});

test.each<[string, GivenStep, string, string, string]>([
  [
    'is there',
    seen({ status: 'Successful' }, { version: '1.37' }),
    'done',
    'Upgraded',
    'The control plane of web is at 1.37.',
  ],
  [
    'is not shown yet',
    seen({ status: 'Successful' }),
    'wait',
    'NotVisibleYet',
    'The update of web succeeded; DescribeCluster still says 1.36 and ACTIVE.',
  ],
  [
    'is not settled yet',
    seen({ status: 'Successful' }, { version: '1.37', status: 'UPDATING' }),
    'wait',
    'NotVisibleYet',
    'The update of web succeeded; DescribeCluster still says 1.37 and UPDATING.',
  ],
  [
    'has failed',
    seen({ status: 'Failed', errors: [{ errorCode: 'SubnetNotFound', errorMessage: 'gone' }] }),
    'failed',
    'SubnetNotFound',
    'The update u-1 of cluster ended Failed: gone.',
  ],
  [
    'was cancelled',
    seen({ status: 'Cancelled' }),
    'failed',
    'UpdateFailed',
    'The update u-1 of cluster ended Cancelled.',
  ],
  ['goes on', seen({}), 'wait', 'UpdateInProgress', 'Upgrade of web to 1.37: EKS works on update u-1.'],
])('an update that was begun is judged by what EKS says of it: it %s', async (_, given, status, code, said) => {
  expect(await upgraded(given)).toMatchObject({ status, codes: [code], said, sent: [] });
});

test('an update that goes on is looked at every minute or two', async () => {
  const seconds = async (minutes: number) => (await upgraded({ ...seen({}), minutes })).waitSeconds;
  expect(await Promise.all([1, 7, 12, 30].map(seconds))).toEqual([360, 60, 90, 120]);
});

const observed = { status: 'Failed', errors: [quoted('SubnetNotFound', 'gone')], at };
test.each<[string, GivenStep, string, string]>([
  [
    'has failed',
    { kept: { intents: [intent({ outcome: { type: 'accepted', updateId: 'u-1', at, observed } })] } },
    'failed',
    'The update u-1 of cluster ended Failed: gone.',
  ],
  [
    'was refused',
    {
      kept: {
        intents: [intent({ outcome: { type: 'refused', error: 'InvalidParameterException', message: 'bad', at } })],
      },
    },
    'failed',
    'EKS refused UpdateClusterVersion on cluster: bad',
  ],
])('under one grant an attempt that %s is the end', async (_, given, status, said) => {
  expect(await upgraded(given)).toMatchObject({ status, said, sent: [] });
});

test.each<[string, GivenStep]>([
  [
    'met a busy EKS',
    {
      kept: {
        intents: [intent({ outcome: { type: 'refused', error: 'ResourceInUseException', message: 'busy', at } })],
      },
    },
  ],
  [
    'has failed under an older grant',
    { kept: { intents: [intent({ grantNumber: 0, outcome: { type: 'accepted', updateId: 'u-1', at, observed } })] } },
  ],
])('another attempt is made after one that %s', async (_, given) => {
  expect((await upgraded(given)).sent).toHaveLength(1);
});

test('what EKS refuses is an end, but for being busy, which is waited for', async () => {
  const refuses = failing('InvalidParameterException', 'no such version.');
  expect(await upgraded({ eks: { refuses } })).toMatchObject({
    status: 'failed',
    codes: ['InvalidParameterException'],
    said: 'EKS refused Upgrade of web to 1.37: no such version.',
  });
});

test('a change that is forbidden parks, with why', async () => {
  expect(await upgraded({ kept: { control: { stopped: true } } })).toMatchObject({
    status: 'parked',
    codes: ['FleetStopped'],
    sent: [],
  });
});

test('what ends outside of its window says so', async () => {
  const { codes, said } = await upgraded({
    ...seen({ status: 'Successful' }, { version: '1.37' }),
    kept: { intents: [running], fleet: fleetConfig },
  });
  expect(codes).toEqual(['Upgraded']);
  expect(said).toBe('The control plane of web is at 1.37.');
});

// docs/semantics.md, Tags on clusters.
test.each([{}, { team: 'shop', stage: 'prod' }, { team: 'pay' }])(
  'where EKS shows other tags than the inventory nothing is sent, and they are recorded: %j',
  async (tags) => {
    const ports = await oneStep(new MemoryTable(), { eks: { cluster: { tags } } });
    const result = await upgradeControlPlane(ports, stepInput({ targetVersion: '1.37' }));
    expect([result.status, result.reasons.map(({ code }) => code)]).toEqual(['parked', ['InventoryIncomplete']]);
    expect([ports.sent, (await load(ports.table, Clusters, KEY))?.data.tags]).toEqual([[], tags]);
    expect((await upgradeControlPlane(ports, stepInput({ targetVersion: '1.37' }))).status).toBe('wait');
  },
);

test('what only finishes a version moves no control plane that is at another one', async () => {
  const finish = upgrade({ id: '1.37-1.37', from: '1.37', to: '1.37' });
  const kept = { upgrades: [finish], grant: grant({ upgradeId: finish.id }) };
  const { status, codes, sent, said } = await upgraded({ kept });
  expect([status, codes, sent]).toEqual(['blocked', ['NotTheControlPlanesVersion'], []]);
  expect(said).toBe('web is at 1.36 by now; its nodes and add-ons were to go to 1.37.');
});

describe('in a rollback', () => {
  const insight = (status: string, name = 'Stored objects') => ({
    ...{ id: status, name, category: 'ROLLBACK_READINESS', insightStatus: { status, reason: 'in use' } },
  });
  const back = async (
    { insights = [], cluster = {}, refresh = 'COMPLETED', ...eks }: Record<string, unknown> = {},
    given: Omit<GivenStep, 'eks'> & { readonly upgraded?: object } = {},
  ) => {
    const all = insights as { id: string }[];
    const { upgraded: of = {}, kept, ...more } = given;
    const mine = upgrade({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36', ...of });
    const ports = await oneStep(new MemoryTable(), {
      eks: {
        cluster: { version: '1.37', ...(cluster as object) },
        ...eks,
        more: {
          describeInsightsRefresh: async () => ({ status: refresh, startedAt: new Date(at) }) as never,
          startInsightsRefresh: async () => ({}),
          listInsights: async () => all as never,
          describeInsight: async (_: object, { id }: { id: string }) => all.find((one) => one.id === id) as never,
        },
      },
      kept: { upgrades: [mine], grant: grant({ upgradeId: mine.id, machine: mine.machine }), ...kept },
      ...more,
    });
    const { status, reasons } = await upgradeControlPlane(ports, stepInput({ targetVersion: mine.to }));
    return { status, sent: ports.sent, code: reasons[0]?.code, said: reasons[0]?.message };
  };

  test('a control plane goes one minor back, and force is never sent', async () => {
    const { status, sent, said } = await back({ insights: [insight('PASSING'), insight('WARNING')] });
    expect([status, sent]).toEqual(['wait', [{ call: 'UpdateClusterVersion', name: 'web', version: '1.36' }]]);
    expect(said).toBe('Rollback of web to 1.36: EKS works on update u-1.');
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['EKS finds something', { insights: [insight('ERROR')] }, 'blocked', 'RollbackInsight'],
    ['EKS cannot tell', { insights: [insight('UNKNOWN')] }, 'blocked', 'RollbackInsight'],
    [
      'what nodes and add-ons were to mend is still there',
      { insights: [insight('ERROR', 'Kubelet version skew')] },
      'blocked',
      'RollbackInsight',
    ],
    ['EKS looks anew', { refresh: 'IN_PROGRESS' }, 'wait', 'RefreshingInsights'],
    ['it is there already', { cluster: { version: '1.36' } }, 'done', 'AtTarget'],
    ['it is two minors away', { cluster: { version: '1.38' } }, 'blocked', 'NotOneMinorBack'],
    ['it is behind', { cluster: { version: '1.35' } }, 'blocked', 'NotOneMinorBack'],
    ['somebody changes it', { cluster: { status: 'UPDATING' } }, 'parked', 'ForeignUpdate'],
    [
      'somebody else has an update there',
      { updates: { cluster: [{ id: 'x', type: 'VpcConfigUpdate' }] } },
      ...(['parked', 'ForeignUpdate'] as const),
    ],
  ])('nothing is sent where %s', async (_, eks, status, code) => {
    expect(await back(eks)).toMatchObject({ status, code, sent: [] });
  });

  test.each([
    ['that is half-way, about what has gone back', true, 'Kubelet version skew', 'parked', 'RefreshTooSlow'],
    ['that is half-way, about anything else', true, 'Stored objects', 'blocked', 'RollbackInsight'],
    ['that has changed nothing', false, 'Kubelet version skew', 'blocked', 'RollbackInsight'],
  ])('what EKS has not looked at anew, in a rollback %s', async (_, mutated, name, status, code) => {
    const told = await back(
      { insights: [insight('ERROR', name)], refresh: 'IN_PROGRESS' },
      { minutes: 21, upgraded: { mutated } },
    );
    expect(told).toMatchObject({ status, code, sent: [] });
  });

  test.each([
    ['nobody lets it', {}, 'STANDARD', 'blocked', []],
    ['a person lets it', { extendSupport: true }, 'STANDARD', 'wait', ['ExtendSupport']],
    ['it is set already', {}, 'EXTENDED', 'wait', ['UpdateClusterVersion']],
  ])(
    'into extended support nothing moves before the support type is right, where %s',
    async (_, let_, supportType, status, calls) => {
      const cluster = { version: '1.34', upgradePolicy: { supportType } };
      const { sent, ...end } = await back({ cluster }, { upgraded: { from: '1.34', to: '1.33', ...let_ } });
      expect([end.status, sent]).toMatchObject([status, calls.map((call) => ({ call }))]);
      if (status === 'blocked') expect(end.code).toBe('NeedsExtendedSupport');
    },
  );

  test('a stop is kept, and a hold or a tag is not in its way', async () => {
    expect(await back({}, { kept: { control: { stopped: true } } })).toMatchObject({ code: 'FleetStopped', sent: [] });
    const held = { reason: quoted('UpdateFailed', 'no'), since: at };
    const tags = { 'liftlock/paused': 'true' };
    const { sent } = await back({ cluster: { tags } }, { kept: { clusterControl: { clusterKey: KEY, held } } });
    expect(sent).toHaveLength(1);
  });

  test('one that was begun is judged by what EKS says of its update', async () => {
    const call = { name: 'RollbackClusterVersion', input: { name: 'web', version: '1.36' } } as const;
    const mine = { upgradeId: 'rollback-1.37-1.36', step: 'rollback-control-plane', call } as const;
    const intents = [intent({ ...mine, outcome: { type: 'accepted', updateId: 'u-1', at } })];
    const seen = (status: string, version: string) =>
      back({ cluster: { version }, updates: { cluster: [{ id: 'u-1', status }] } }, { kept: { intents } });
    expect(await seen('Successful', '1.36')).toMatchObject({ status: 'done', code: 'Upgraded', sent: [] });
    expect(await seen('Successful', '1.37')).toMatchObject({ status: 'wait', code: 'NotVisibleYet', sent: [] });
    expect(await seen('Failed', '1.37')).toMatchObject({ status: 'failed', sent: [] });
  });

  test('an upgrade goes nowhere but up', async () => {
    const { status, code, sent } = await back({}, { upgraded: { id: '1.37-1.36', machine: 'upgrade-cluster' } });
    expect([status, code, sent]).toEqual(['blocked', 'Downgrade', []]);
  });
});
