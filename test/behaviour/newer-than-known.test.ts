import { requestUpgrade } from '../../core/operations/requests.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { COVERED } from '../../core/version/support-calendar.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { applySpec, spec } from './changed-policy.ts';
import { discover, hours, mutationsOf, PERSON, recordOf, run, smallFleet, versionOf } from './small-fleet.ts';

const NEWER = COVERED.next().toString();
const groups = [{ name: 'workers' }];

/** EKS offers the minor after the last one that the data of this release cover. */
function offersNewer({ supportCalendar, addonVersions }: FakeEksState): void {
  for (const [name, [newest, ...rows]] of Object.entries(addonVersions))
    if (newest !== undefined) addonVersions[name] = [{ ...newest, minors: [...newest.minors, NEWER] }, ...rows];
  const last = supportCalendar.find(({ minor }) => minor === COVERED.toString());
  if (last === undefined) throw new Error('the fake has no such minor');
  supportCalendar.push({ ...last, minor: NEWER, releaseDate: '2026-11-01', endOfStandardSupport: '2028-01-01' });
}

const explained = async (world: Awaited<ReturnType<typeof smallFleet>>, name: string) => {
  const { state, reasons, when, target } = await explainCluster(world.ports, await recordOf(world, name));
  return { state, target, codes: reasons.map(({ code }) => code), said: reasons.at(-1)?.message, when: when.condition };
};

test('a fleet that wants the latest is not up to date where EKS offers what this release does not know, and is told', async () => {
  const clusters = [{ name: 'web', version: COVERED.previous().toString(), nodegroups: groups }];
  const world = await smallFleet({ clusters, prepare: offersNewer });
  await run(world);
  expect(versionOf(world, 'web')).toBe(COVERED.toString());
  expect(await explained(world, 'web')).toEqual({
    state: 'NewerUnknown',
    target: COVERED.toString(),
    codes: ['AtTarget', 'NewerUnknown'],
    said: `EKS offers ${NEWER} in eu-central-1, and the data of this release of Liftlock end at ${COVERED}: update Liftlock, or the cluster stays behind.`,
    when: 'Somebody deploys a release of Liftlock that knows the newer version.',
  });
});

test.each([
  ['a policy that names its minor', { policy: { target: COVERED.toString() } }, {}],
  [
    'a policy that wants the minor before the unknown one, where the cluster is',
    { policy: { target: 'latest-1' } },
    {},
  ],
  ['a cluster whose pin keeps it there', {}, { 'liftlock/pin-version': COVERED.toString() }],
])('%s misses nothing by that', async (_, more, tags) => {
  const clusters = [{ name: 'web', version: COVERED.toString(), nodegroups: groups, tags }];
  const world = await smallFleet({ clusters, prepare: offersNewer, ...more });
  await discover(world);
  expect(await explained(world, 'web')).toMatchObject({ state: 'UpToDate', codes: ['AtTarget'] });
});

test('a cluster that EKS has taken to the unknown minor already is not told that it stays behind', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: NEWER, nodegroups: groups }],
    prepare: offersNewer,
  });
  await discover(world);
  expect((await explained(world, 'web')).codes).not.toContain('NewerUnknown');
});

test('a pin that is no lower than what the policy would want changes nothing of that', async () => {
  const tags = { 'liftlock/pin-version': COVERED.toString() };
  const clusters = [{ name: 'web', version: COVERED.previous().toString(), nodegroups: groups, tags }];
  const world = await smallFleet({ clusters, prepare: offersNewer, policy: { target: 'latest-1' } });
  await discover(world);
  expect(await explained(world, 'web')).toMatchObject({ state: 'NewerUnknown', codes: ['AtTarget', 'NewerUnknown'] });
});

test('no cluster goes to a minor that this release does not know, whatever EKS still supports', async () => {
  const clusters = [{ name: 'web', version: COVERED.toString(), nodegroups: groups }];
  const prepare = (state: FakeEksState) => {
    offersNewer(state);
    const over = { endOfStandardSupport: '2026-11-01' };
    state.supportCalendar = state.supportCalendar.map((row) => (row.minor === NEWER ? row : { ...row, ...over }));
  };
  const policy = { target: { channel: 'extended' } };
  const world = await smallFleet({ clusters, prepare, policy });
  await hours(world, 3);
  expect(mutationsOf(world)).toEqual([]);
  expect(await explained(world, 'web')).toMatchObject({
    ...{ state: 'Waiting', target: null, codes: ['NotCovered'] },
    when: 'Somebody deploys a release of Liftlock that knows the newer version.',
  });
});

test('who waits for a channel that nobody applied is not told that EKS has to offer something', async () => {
  const clusters = [{ name: 'web', version: COVERED.toString(), nodegroups: groups }];
  const world = await smallFleet({ clusters, policy: { target: { channel: 'slow' } } });
  await discover(world);
  expect(await explained(world, 'web')).toMatchObject({
    ...{ state: 'Waiting', target: null, codes: ['UnknownChannel'] },
    when: 'The Channel that its policy names is applied, and can be read.',
  });
});

test('whoever asks for the unknown minor by hand, or whether a cluster is ready for it, hears what helps', async () => {
  const clusters = [{ name: 'web', version: COVERED.toString(), nodegroups: groups }];
  const world = await smallFleet({ clusters, prepare: offersNewer });
  await discover(world);
  for (let looks = 0; looks < 12; looks += 1) {
    await hours(world, 2);
    await world.invoke('refresh-readiness', {});
  }
  const record = await recordOf(world, 'web');
  const { readiness } = await explainCluster(world.ports, record);
  expect([readiness.verdict, readiness.for, readiness.reasons.at(-1)?.message]).toEqual([
    ...['incomplete', NEWER],
    expect.stringContaining(
      `removals of Kubernetes ${NEWER}. Liftlock's data end at ${COVERED}: update it, then run: liftlock scan cluster web`,
    ),
  ]);
  const { notes } = await requestUpgrade(world.ports, record, NEWER, PERSON, { approve: false });
  expect(notes.map(({ code }) => code)).toContain('NotCovered');
});

test.each([
  ['does not know', NEWER, 'NotCovered'],
  ['has no Channel for', { channel: 'slow' }, 'UnknownChannel'],
])(
  'who waits in a wave that has begun hears of its turn there, though its policy names by now what this release %s',
  async (_, target, code) => {
    const version = COVERED.previous().toString();
    const clusters = ['one', 'two'].map((name) => ({ name, version, nodegroups: groups }));
    const wave = { name: 'all' };
    const world = await smallFleet({ clusters, prepare: offersNewer, policies: [spec(wave)] });
    await hours(world, 0.2);
    await applySpec(world, { ...spec(wave), target });
    const names = ['one', 'two'];
    const waits = names.find((name) => versionOf(world, name) === version) ?? '';
    expect(await explained(world, waits)).toMatchObject({
      ...{ state: 'Waiting', codes: ['WaveFull'] },
      when: 'Once its wave has a place for it.',
    });
    await hours(world, 6);
    expect(names.map((name) => versionOf(world, name))).toEqual([COVERED.toString(), COVERED.toString()]);
    expect((await explained(world, waits)).codes).toEqual([code]);
  },
);
