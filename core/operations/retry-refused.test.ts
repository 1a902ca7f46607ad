import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import {
  afterIn,
  byHand,
  finished,
  type Given,
  holds,
  reason,
  without,
} from '../../test/material/operations/held-cluster.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  cluster,
  fleetConfig,
  KEY,
  type Kept,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { AppliedConfig, Member, Rollout } from '../contracts/items/rollout.ts';
import { traitsOf } from '../policy/traits.ts';
import { waveAfter } from '../protocol/settle-decision.ts';
import { fingerprintOf } from '../rollout/fingerprint.ts';
import { releaseCluster, retryCluster } from './hold-switch.ts';

type Asked = Parameters<typeof afterIn> extends [unknown, ...infer Rest] ? Rest : never;
const after = (...asked: Asked) => afterIn(new MemoryTable(), ...asked);

const policy = (name: string, selector: object) =>
  policyConfig(policyWith({ name, selector: JSON.stringify(selector) }));
const nobody = policy('p', { matchLabels: { nobody: 'has-this' } });
/** Policies beside `p`, by name, with their selectors. */
async function applied(order: typeof retryCluster, given: Given, more: Record<string, object>) {
  return after(
    order,
    given,
    Object.entries(more).map(([name, selector]) => policy(name, selector)),
  );
}
const atRest = { rollout: { status: 'Completed' as const } };
const blocked = { member: { status: 'Blocked' as const }, wave: { failed: 0, blocked: 1 } };
const notTakenUp = (now: string) =>
  `The rollout r of the policy p is Completed, and is not taken up again: web is selected by ${now} now.`;
const heldStill = 'web is held, and no rollout would try it again. ';

test.each<[string, Record<string, object>, Kept, string, string]>([
  [
    'another one does',
    { new: {} },
    { policy: nobody },
    'new',
    '. Who goes on with it then says: liftlock explain cluster web',
  ],
  [
    'another one does too',
    { new: {} },
    {},
    'new and p',
    ', and then runs: liftlock upgrade cluster web --to VERSION --approve',
  ],
  [
    'none does',
    {},
    { policy: nobody },
    'no policy',
    ', and then runs: liftlock upgrade cluster web --to VERSION --approve',
  ],
  [
    'it is gone',
    {},
    { policy: undefined },
    'no policy',
    ', and then runs: liftlock upgrade cluster web --to VERSION --approve',
  ],
])(
  'a rollout that has ended is not taken up again for a cluster that its policy does not select any more: %s',
  async (_, more, kept, now, then) => {
    const given = { ...atRest, ...blocked, kept };
    const [why, who] = now.includes(' and ')
      ? [
          ' Several policies select it (new, p); it is left alone until one does.',
          'Once nothing refuses it any more (now AmbiguousPolicy), somebody',
        ]
      : ['', 'Somebody'];
    const told = `${heldStill}${notTakenUp(now)}${why} ${who} runs: liftlock release cluster web${then}`;
    await expect(applied(retryCluster, given, more)).rejects.toMatchObject({ name: 'WrongState', message: told });
    const { member, rollout } = await applied(releaseCluster, given, more);
    expect([member?.status, rollout?.status]).toEqual(['Blocked', 'Completed']);
    for (const order of [retryCluster, releaseCluster])
      await expect(applied(order, { ...given, control: undefined }, more)).rejects.toThrow(
        `web is not held. ${notTakenUp(now)} What takes it up: liftlock explain cluster web`,
      );
  },
);

test('what such a rollout left half done is finished by a person, whatever policy selects it now', async () => {
  const left = byHand({}, { policy: nobody });
  await expect(applied(retryCluster, { ...atRest, ...left }, { new: {} })).rejects.toThrow(
    `${notTakenUp('new')} Somebody runs: liftlock release cluster web, and then ${finished}`,
  );
});

test('a member of a rollout that has not ended stays one, whatever selects its cluster now', async () => {
  for (const status of ['Running', 'Paused', 'Halted'] as const) {
    const { member } = await applied(retryCluster, { rollout: { status }, kept: { policy: nobody } }, { new: {} });
    expect(member?.status).toBe('Pending');
  }
});

test('a rollout that is taken up again rests on the policy and the cluster as they were read', async () => {
  const { checks } = await after(retryCluster, atRest);
  expect(checks).toEqual([
    `CLUSTER#${KEY} GRANT absent`,
    `CLUSTER#${KEY} RECORD 1`,
    'CONFIG Fleet#fleet 1',
    'CONFIG UpgradePolicy#p 1',
  ]);
});

const byTag: AppliedConfig = {
  ...fleetConfig,
  document: {
    ...fleetConfig.document,
    spec: { ...Object(fleetConfig.document.spec), labels: { fromTags: { aside: 'aside' } } },
  },
};
test('a rollout is not taken up again where it would go on with another cluster that its policy does not select', async () => {
  const aside = clusterRecord({ name: 'aside', tags: { aside: 'yes' } });
  const others = async (status: Member['status'], rolloutId = 'r') =>
    applied(
      retryCluster,
      {
        ...atRest,
        ...blocked,
        kept: { fleet: byTag, policy: policy('p', { matchExpressions: [{ key: 'aside', operator: 'DoesNotExist' }] }) },
        others: [aside, memberItem({ clusterKey: aside.clusterKey, name: 'aside', waveIndex: 1, status, rolloutId })],
      },
      {},
    );
  const told = `${notTakenUp('no policy').replace('web', 'aside')} Somebody runs: liftlock release cluster web. Who goes on with it then says: liftlock explain cluster web`;
  await expect(others('Quarantined')).rejects.toThrow(told);
  for (const status of ['Succeeded', 'Excluded', 'Failed', 'Blocked'] as const)
    expect((await others(status)).member?.status).toBe('Pending');
  expect((await others('Quarantined', 'another')).member?.status).toBe('Pending');
});

const created = clusterRecord({ ...cluster, createdAt: '2026-11-20T10:00:00.000Z', clusterKey: KEY });
const inVainNow = (said: string) => `web is not tried again now: ${said} When that is over: liftlock retry cluster web`;
test.each<[string, Partial<ClusterRecord>, string, string?]>([
  [
    'new',
    created,
    'The cluster web was created at 2026-11-20T10:00:00.000Z; new ones are left alone until 2026-11-20T16:00:00.000Z.',
  ],
  [
    'paused by its tag',
    { tags: { 'liftlock/paused': 'true' } },
    "The cluster's tag liftlock/paused keeps Liftlock away from it.",
  ],
  [
    'beyond the target',
    { version: '1.38' },
    'The cluster is at 1.38 already, beyond 1.37; Liftlock never goes down.',
    '; what takes it up otherwise says: liftlock explain cluster web',
  ],
])(
  'what failed is not tried again, and stays failed and held, while its cluster is %s',
  async (_, given, told, more = '') => {
    const kept = { cluster: { ...cluster, ...given } };
    await expect(after(retryCluster, { kept })).rejects.toMatchObject({
      name: 'UpgradeBlocked',
      message: `${inVainNow(told)}${more}`,
    });
    const left = await after(retryCluster, { kept, member: { status: 'Blocked' }, wave: { failed: 0, blocked: 1 } });
    expect([left.member?.status, left.control]).toEqual(['Pending', without]);
  },
);

const arrived = (given: Partial<Upgrade> = {}, version = '1.37'): Given => ({
  control: undefined,
  kept: { cluster: { ...created, version }, upgrades: [upgrade({ status: 'Succeeded', reasons: [reason], ...given })] },
});
test('a cluster that was finished since has succeeded when it is retried, and its failure stays on record', async () => {
  const traits = { failed: { a: 1 }, succeeded: {} };
  const { member, wave, rollout, ofRollout } = await after(retryCluster, {
    ...arrived(),
    rollout: { status: 'CompletedWithFailures' },
    member: { traits: ['a'], failedBefore: true },
    wave: { status: 'CompletedWithFailures', succeeded: 2, traits },
  });
  expect(member).toMatchObject({ status: 'Succeeded', from: '1.37', upgradeId: 'u', reasons: [reason] });
  expect(member).not.toHaveProperty('failedBefore');
  expect(wave).toMatchObject({ status: 'Open', failed: 0, succeeded: 3, lastSuccessAt: NOON.toISOString() });
  expect(wave?.traits).toEqual({ failed: {}, succeeded: { a: 1 } });
  expect(rollout?.status).toBe('Running');
  const reasons = [{ code: 'WaveReopened', message: expect.stringContaining('had passed and is open again') }];
  const detail = { clusterKey: KEY, wave: 'all', from: 'Failed', to: 'Succeeded', reasons };
  expect(ofRollout).toEqual([{ event: 'MemberRetried', principal: 'ann', detail }]);
});

test.each<[string, Given]>([
  ['its hop was not finished', arrived({ status: 'Failed', mutated: true })],
  ['its hop was never begun', { ...arrived(), kept: { cluster: { ...created, version: '1.37' } } }],
  ['it is not at the target any more', arrived({}, '1.36')],
  ['it is held again', { ...arrived(), control: holds }],
])('it has not succeeded by that where %s', async (_, given) => {
  await expect(after(retryCluster, given)).rejects.toThrow('is not tried again now');
});

test('what failed is not tried again while it is suspected for what it shares with another one that failed', async () => {
  const autoMode = { ...cluster, autoMode: true };
  const other = { ...clusterRecord({ name: 'other' }) };
  const traits = traitsOf(autoMode).filter((trait) => !traitsOf(other).includes(trait));
  const failed = Object.fromEntries(traits.map((trait) => [trait, 2]));
  const waiting = memberItem({ clusterKey: other.clusterKey, name: 'other', waveIndex: 1 });
  await expect(
    after(retryCluster, {
      kept: { cluster: autoMode },
      member: { traits },
      wave: { failed: 2, traits: { failed, succeeded: {} } },
      others: [other, waiting],
    }),
  ).rejects.toThrow('liftlock rollout release-trait r');
});

test.each<[string, Partial<Member>]>([
  ['was tried in its rollout', { traits: ['compute/auto-mode', 'version/1.36'] }],
  ['failed by hand, before its rollout came to it', {}],
  ['failed by what a hook said', { traits: ['compute/auto-mode'], reasons: [{ code: 'HookRefused', message: 'no' }] }],
])(
  'what keeps a retry back is suspected in its rollout, so that it can be released, where the cluster %s',
  async (_, given) => {
    const failed = memberItem({ name: 'failed', status: 'Running', traits: ['compute/auto-mode'] });
    const own = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Failed', reasons: [reason], ...given });
    const counted = [failed, own].reduce(
      (wave, one) => waveAfter(wave, { ...one, status: 'Running' }, { ...one, status: 'Failed' }, NOON.toISOString()),
      waveItem({ index: 1, name: 'all', members: 3, needWork: 3, maxFailures: 2, succeeded: 1 }),
    );
    const refused = after(retryCluster, {
      kept: { cluster: { ...cluster, autoMode: true } },
      member: own,
      wave: counted,
    });
    await expect(refused).rejects.toThrow("liftlock rollout release-trait r 'compute/auto-mode'");
    expect(fingerprintOf({}, [counted]).traits).toContain('compute/auto-mode');
  },
);

/** The hold alone keeps the cluster out of another rollout, which runs. */
function keptOutOf(newer: Partial<Rollout>, rollout: Partial<Rollout>): Given {
  const out = { clusterKey: KEY, name: 'web', rolloutId: 'newer', waveIndex: 0, status: 'Excluded' as const };
  const kept = memberItem({ ...out, reasons: [{ code: 'Held', message: 'x' }] });
  const first = waveItem({ rolloutId: 'newer', index: 0, name: 'first', status: 'Pending' });
  const waves = [waveItem({ index: 1, name: 'all', failed: 1 }), first];
  const others = [clusterRecord({ name: 'z' }), kept] as const;
  return { rollout, newer: { status: 'Running', ...newer }, others, kept: { waves } };
}

test.each(['Aborted', 'Completed'] as const)(
  'a retry of a cluster that only its hold keeps out of the rollout under way says that its release is enough, also where the one before is %s',
  async (status) => {
    await expect(after(retryCluster, keptOutOf({}, { status }))).rejects.toThrow(
      'Somebody removes the cause and runs: liftlock release cluster web. The rollout newer, whose wave first has not begun, takes it up then by itself, within the hour.',
    );
  },
);

test.each(['Halted', 'Running'] as const)(
  'the rollout under way in which it has failed, which is %s, tries it again, also where the one of its new policy would take it up',
  async (status) => {
    const { member, control } = await after(retryCluster, keptOutOf({ policy: 'q' }, { status }));
    expect([member?.status, control?.held]).toEqual(['Pending', undefined]);
  },
);
