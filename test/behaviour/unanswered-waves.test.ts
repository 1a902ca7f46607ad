import { at, clusterOf, lookAround, spec } from './changed-policy.ts';
import { hours, memberOf, mutationsOf, smallFleet, wavesOf } from './small-fleet.ts';

// docs/semantics.md, Which policy: who belongs, or may belong for want of an answer, to a later wave by now does not begin in an earlier one.
async function changesAfter(change: (tags: Record<string, string>) => void) {
  const tagged = (name: string, tags: Record<string, string>) => ({
    ...{ name, version: '1.36', tags, nodegroups: [{ name: 'workers' }] },
  });
  const world = await smallFleet({
    clusters: [
      tagged('c', { stage: 'dev', tier: 'gold' }),
      tagged('a', { stage: 'dev', tier: 'tin' }),
      tagged('b', { stage: 'dev', tier: 'tin' }),
      tagged('z', { stage: 'prod', tier: 'tin' }),
    ],
    policy: spec(
      { name: 'first', selector: { when: 'cluster.tags.tier == "gold"' } },
      at('dev', { maxConcurrency: 1 }),
      at('prod', { approval: { approvals: 2 } }),
    ),
  });
  const inDev = async () => (await wavesOf(world)).find(({ name }) => name === 'dev')?.inFlight;
  for (let look = 0; look < 60 && (await inDev()) !== 1; look += 1) await hours(world, 0.1);
  const waiting = (await memberOf(world, 'a')).inFlight ? 'b' : 'a';
  expect((await memberOf(world, waiting)).status).toBe('Pending');
  const tags = clusterOf(world, waiting)?.tags;
  if (tags !== undefined) change(tags as Record<string, string>);
  await lookAround(world);
  await hours(world, 5);
  const { status, reasons } = await memberOf(world, waiting);
  const changes = mutationsOf(world).filter(({ clusterArn: arn }) => arn.endsWith(`/${waiting}`)).length;
  return [changes > 0, status, reasons.map(({ code }) => code)];
}

test.each<[string, (tags: Record<string, string>) => void, readonly unknown[]]>([
  ['that its tag names', (tags) => Object.assign(tags, { 'liftlock/wave': 'prod' }), [false, 'Excluded', ['NoWave']]],
  ['that a label puts it into', (tags) => Object.assign(tags, { stage: 'prod' }), [false, 'Excluded', ['NoWave']]],
  ['that nobody knows', (tags) => Object.assign(tags, { 'liftlock/wave': 'odd' }), [false, 'Excluded', ['BadTag']]],
  ['but its own', () => undefined, [true, 'Succeeded', ['Looked']]],
])(
  'where an earlier wave has no answer, a cluster does not begin in its own for a later one %s',
  async (_, tag, told) => {
    const changed = await changesAfter((tags) => {
      delete tags.tier;
      tag(tags);
    });
    expect(changed).toEqual(told);
  },
);
