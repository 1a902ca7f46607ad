import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { grant, HOLDER, KEY, type Kept, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { authority, claimsToBeNested } from './authority.ts';
import { hopsBefore, sameUnderWay, underWayRefusals } from './hop-before.ts';
import { findHopInHand } from './left-half-done.ts';
import { fleetRefusals } from './standing-refusals.ts';

const { rolloutId: _, waveIndex: __, ...alone } = upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', mutated: true });
const hop = (given: Partial<Upgrade> = {}): Upgrade => ({ ...alone, status: 'Parked', ...given });

const finish = (given: Partial<Upgrade>): Upgrade => hop({ id: '1.36-1.36', from: '1.36', ...given });
const at = (hour: number) => `2026-11-20T0${hour}:00:00.000Z`;

type Found = 'left' | 'underWay' | undefined;
test.each<[string, Kept, Found]>([
  ['nothing is there', {}, undefined],
  ['it was started by hand and is parked', { upgrades: [hop()] }, 'left'],
  ['it waits', { upgrades: [hop({ status: 'Pending' })] }, 'left'],
  ['it runs', { upgrades: [hop({ status: 'Running' })] }, 'underWay'],
  ['it has changed nothing, and goes on by itself', { upgrades: [hop({ mutated: false })] }, 'underWay'],
  ['it is whole', { upgrades: [hop({ status: 'Succeeded' })] }, undefined],
  ['it failed', { upgrades: [hop({ status: 'Failed' })] }, 'left'],
  ['it failed in a rollout that goes on', { upgrades: [hop({ status: 'Failed', rolloutId: 'r' })] }, 'left'],
  [
    'it failed, and what finished it later is whole',
    { upgrades: [hop({ status: 'Failed', endedAt: at(1) }), finish({ status: 'Succeeded', endedAt: at(2) })] },
    undefined,
  ],
  [
    'it failed after it had been finished once',
    { upgrades: [hop({ status: 'Failed', endedAt: at(2) }), finish({ status: 'Succeeded', endedAt: at(1) })] },
    'left',
  ],
  ['what finishes it has failed', { upgrades: [finish({ status: 'Failed' }), hop({ status: 'Succeeded' })] }, 'left'],
  ['what finishes it runs', { upgrades: [finish({ status: 'Running' }), hop({ status: 'Failed' })] }, 'underWay'],
  ['it was blocked', { upgrades: [hop({ status: 'Blocked', mutated: false })] }, undefined],
  ['its rollout goes on', { upgrades: [hop({ rolloutId: 'r' })] }, 'underWay'],
  ['its rollout is gone', { upgrades: [hop({ rolloutId: 'other' })] }, 'underWay'],
  [
    'its rollout was aborted',
    { upgrades: [hop({ rolloutId: 'r' })], rollout: rolloutItem({ status: 'Aborted' }) },
    'left',
  ],
  [
    'its rollout was aborted before it changed anything',
    { upgrades: [hop({ rolloutId: 'r', mutated: false })], rollout: rolloutItem({ status: 'Aborted' }) },
    undefined,
  ],
])(
  'a person may take up the hop to the version that the control plane has, or it is under way: %s',
  async (_, kept, is) => {
    const table = new MemoryTable();
    await keep(table, kept);
    const found = await findHopInHand(table, KEY, KubeVersion.parse('1.36'), true);
    expect(found).toEqual(is === undefined ? {} : { [is]: kept.upgrades?.[0] });
  },
);

test.each<[string, Kept, boolean]>([
  ['waits in its rollout', { upgrades: [hop({ rolloutId: 'r' })] }, true],
  ['has changed nothing', { upgrades: [hop({ rolloutId: 'r', mutated: false })] }, false],
  ['runs, and holds the grant', { upgrades: [hop({ rolloutId: 'r', status: 'Running' })] }, false],
  ['was left by an abort', { upgrades: [hop({ rolloutId: 'r' })], rollout: rolloutItem({ status: 'Aborted' }) }, false],
  ['has failed', { upgrades: [hop({ rolloutId: 'r', status: 'Failed' })] }, false],
  ['was started by hand', { upgrades: [hop()] }, false],
])(
  'before its control plane moves, a hop that has changed the cluster is not for a person where it %s',
  async (_, kept, is) => {
    const table = new MemoryTable();
    await keep(table, kept);
    const found = await findHopInHand(table, KEY, KubeVersion.parse('1.36'), false);
    expect(found).toEqual(is ? { underWay: kept.upgrades?.[0] } : {});
  },
);

test('what moves a control plane has a hop before it, and nothing else has', () => {
  const before = (machine: Upgrade['machine'], to = '1.37') => hopsBefore({ machine, from: '1.36', to });
  const whole = ['1.35-1.36', '1.36-1.36'];
  expect([before('upgrade-cluster'), before('upgrade-control-plane')]).toEqual([whole, whole]);
  expect(before('upgrade-cluster', '1.36')).toEqual(['1.35-1.36']);
  expect([before('update-addons'), before('roll-node-group'), before('scan-cluster')]).toEqual([[], [], []]);
});

test('the reason of a hop that waits says whose upgrade is under way, since when, and the ways out', () => {
  const startedAt = '2026-11-20T09:00:00.000Z';
  const [said] = underWayRefusals(
    {
      before: [
        undefined,
        hop({
          requestedBy: 'liftlock',
          rolloutId: 'r',
          startedAt,
          reasons: [{ code: 'Baking', message: 'It bakes.' }],
        }),
      ],
    },
    'web',
  );
  expect(said?.message).toBe(
    'The upgrade from 1.35 to 1.36, which liftlock asked for in the rollout r, is under way since 2026-11-20T09:00:00.000Z and Parked (Baking): the cluster is half done. The next minor begins when it has ended. What it waits for, and what finishes it, says: liftlock explain cluster web.',
  );
});

test('the reason to wait leaves out what is not known', () => {
  const [said] = underWayRefusals({ before: [hop({ requestedBy: 'ann' })] }, 'web');
  expect(said?.message).toBe(
    'The upgrade from 1.35 to 1.36, which ann asked for, is under way and Parked: the cluster is half done. The next minor begins when it has ended. What it waits for, and what finishes it, says: liftlock explain cluster web.',
  );
});

test('who asks for the hop that is under way is told whose it is, since when, and where it stands', () => {
  const baking = [{ code: 'Baking' as const, message: 'x' }];
  const said = sameUnderWay(hop({ rolloutId: 'r', startedAt: '2026-11-20T09:00:00.000Z', reasons: baking }), 'web');
  expect([said.code, said.message]).toEqual([
    'UpgradeUnderWay',
    'The upgrade from 1.35 to 1.36, which liftlock asked for in the rollout r, is under way since 2026-11-20T09:00:00.000Z and Parked (Baking). Where it stands says: liftlock explain cluster web.',
  ]);
});

test('who stopped the fleet and why is told, as far as it is known', () => {
  const fleet = { mode: 'act' } as Parameters<typeof fleetRefusals>[0];
  const said = (control: { by?: string; reason?: string }) => fleetRefusals(fleet, { stopped: true, ...control });
  expect(said({ by: 'ann', reason: 'an outage' })[0]?.message).toBe('The fleet was stopped by ann: an outage.');
  expect(said({})[0]?.message).toBe('The fleet was stopped by somebody: no reason given.');
  expect(fleetRefusals(fleet, undefined)).toEqual([]);
});

test('only the holder and what is nested in it act, and only while the grant is open', () => {
  const holder = { arn: HOLDER, name: 'whatever' };
  const nested = { arn: 'arn:child', name: 'upgrade-name--scan-cluster-cluster-0' };
  expect([authority(grant(), holder), authority(grant(), nested)]).toEqual(['holder', 'nested']);
  for (const one of [undefined, grant({ status: 'closing' }), grant({ status: 'free' })])
    expect([authority(one, holder), authority(one, nested)]).toEqual(['none', 'none']);
  expect(authority(grant(), { arn: 'arn:other', name: 'upgrade-name' })).toBe('none');
  expect([claimsToBeNested(nested), claimsToBeNested(holder)]).toEqual([true, false]);
});
