import type { PlanDocument } from '../../core/plan/document/plan-schema.ts';
import { rolloutPlanSchema } from '../../core/plan/document/plan-schema.ts';
import { CALENDAR, cluster, FILES, INVENTORY, written } from '../../test/material/cli/plan-files.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';

const NOW = '2026-11-20T08:00:00Z';

function plan(files: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const path = written(files);
  const given = ['plan', '-f', path('policy.yaml'), '--inventory', path('inventory.json'), '--now', NOW];
  return {
    path,
    ran: runInProcess([...given, ...more.map((word) => (word.startsWith('@') ? path(word.slice(1)) : word))]),
  };
}

async function document(files: Readonly<Record<string, string>>, ...more: readonly string[]): Promise<PlanDocument> {
  const { out, err } = await plan(files, '-o', 'json', ...more).ran;
  expect(err).toMatch(/planned; /);
  return rolloutPlanSchema.strict().parse(JSON.parse(out));
}

test('every cluster is in one wave with dates, or excluded with a reason', async () => {
  const { waves, excluded, ...rest } = await document(FILES);
  expect(
    waves.map(({ name, clusters, opensAt, startsAt, endsAt, soakUntil }) => [
      name,
      clusters.length,
      opensAt,
      startsAt,
      endsAt,
      soakUntil,
    ]),
  ).toEqual([
    ['canary', 1, NOW, NOW, '2026-11-20T09:00:00Z', '2026-11-21T09:00:00Z'],
    ['prod', 2, '2026-11-21T09:00:00Z', '2026-11-21T21:00:00Z', '2026-11-21T23:00:00Z', null],
  ]);
  expect(waves[1]?.clusters.map(({ name, hops, position }) => [name, hops, position])).toEqual([
    ['pay', ['1.35', '1.36'], 1],
    ['web', ['1.35', '1.36'], 2],
  ]);
  expect(excluded.map(({ name, reason }) => [name, reason])).toEqual([
    ['ahead', 'BeyondTarget'],
    ['done', 'AtTarget'],
    ['paused', 'Paused'],
    ['stray', 'NoPolicy'],
  ]);
  expect(rest).toMatchObject({
    kind: 'RolloutPlan',
    now: NOW,
    deadline: '2026-12-02T00:00:00Z',
    feasible: true,
    limitedBy: null,
    binding: false,
  });
});

test('who never starts is told before the waves, and in the chart', async () => {
  const clusters = [...INVENTORY.clusters, cluster('acme', '1.35', 'dev', { tags: { 'liftlock/calendar': 'days' } })];
  const days = CALENDAR.replaceAll('nights', 'days').replace('0 22', '0 8').replace('6h', '20m');
  const files = { ...FILES, 'inventory.json': JSON.stringify({ ...INVENTORY, clusters }), 'days.yaml': days };
  const said =
    'In the wave canary, acme never starts as things are: an upgrade is taken to last 1h, and within three years, as far ahead as Liftlock plans, days is never open for longer than 20m. The wave does not end by itself, and prod after it does not begin (cannotStart: wait).';
  const { out } = await plan(files, '-f', '@days.yaml').ran;
  expect(out.replaceAll(/\s+/g, ' ')).toContain(`Never start: ${said}`);
  expect(out.indexOf('Never start:')).toBeLessThan(out.indexOf('Waves:'));
  expect((await plan(files, '-f', '@days.yaml', '-o', 'html').ran).out).toContain(`<p class="bad">${said}`);
});

test('a plan that was printed before there was such a list can still be compared with', async () => {
  const { stalled: _, ...old } = await document(FILES);
  const { out } = await plan({ ...FILES, 'old.json': JSON.stringify(old) }, '--diff', '@old.json').ran;
  expect(out).toContain('Nothing has moved');
});

test('a Fleet caps the plan, and its mode observe does not stop it', async () => {
  const { waves } = await document(FILES, '-f', '@fleet.yaml');
  expect(waves[1]?.clusters.map(({ name, start, end }) => [name, start, end])).toEqual([
    ['pay', '2026-11-21T21:00:00Z', '2026-11-21T23:00:00Z'],
    ['web', '2026-11-21T23:00:00Z', '2026-11-22T01:00:00Z'],
  ]);
});

test('--target takes the place of what the policies say', async () => {
  const { waves, excluded } = await document(FILES, '--target', '1.35');
  expect(waves.flatMap(({ clusters }) => clusters.map(({ name, to }) => [name, to]))).toEqual([
    ['pay', '1.35'],
    ['web', '1.35'],
  ]);
  expect(waves[0]).toMatchObject({
    name: 'canary',
    clusters: [],
    target: null,
    opensAt: null,
    startsAt: null,
    endsAt: null,
    soakUntil: null,
  });
  expect(excluded.find(({ name }) => name === 'web-dev')?.reason).toBe('AtTarget');
  // Whether such a wave passes is another question: it may hold what comes after it.
  expect((await plan(FILES, '--target', '1.35').ran).out).toMatch(/standard\/canary +none +-/);
  expect((await plan(FILES, '--target', '1.35', '-o', 'html').ran).out).toMatch(
    /standard\/canary<\/td>\s*<td[^>]*>none</,
  );
});

test('a deadline that cannot be met ends with exit code 3 and names what limits it', async () => {
  const tight = { ...FILES, 'policy.yaml': FILES['policy.yaml'].replace('2026-12-02', '2026-11-21') };
  const { ran } = plan(tight, '-o', 'json');
  const { code, out, err } = await ran;
  expect([code, (JSON.parse(out) as PlanDocument).limitedBy?.kind]).toEqual([3, 'soak']);
  expect(err).toContain('shorten soak of the wave canary of the policy standard from 24h to 12h');
});

test('the table is on the clocks of the calendar, with the worst case and what is waited for', async () => {
  const { code, out } = await plan(FILES).ran;
  expect(code).toBe(0);
  expect(out).toMatch(/standard\/prod +2 +1\.36 .*2026-11-21 22:00 \+01:00 +2026-11-22 00:00 \+01:00/);
  expect(out).toContain('2 of 2 fail');
  expect(out).toMatch(/pay .*window nights opens 2026-11-21T22:00\+01:00/);
  expect(out).toMatch(/stray .*NoPolicy/);
});

test('the table and the chart say which clusters run past their window, and are silent where none does', async () => {
  expect((await plan(FILES).ran).out).not.toMatch(/RUNS PAST|Past windows/);
  const late = FILES['policy.yaml'].replace(
    'calendar: nights',
    'calendar: nights, mayOverrun: true, maxConcurrency: 1',
  );
  const files = {
    ...FILES,
    'policy.yaml': late.replace('maxConcurrency: 10, ', '').replace('duration: 6h', 'duration: 90m'),
  };
  const { out } = await plan(files).ran;
  expect(out).toMatch(/^Past windows: +\d of 3 clusters run past the closing of theirs; see RUNS PAST$/m);
  expect(out).toMatch(/^#.* WAITS FOR +RUNS PAST$/m);
  expect(out).toMatch(/ pay .*The upgrade to 1\.36 is taken to go on until .*and the window nights closes at/);
  const { out: page } = await plan(files, '-o', 'html').ran;
  expect(page).toMatch(/<dt>Run past their window<\/dt><dd>\d of 3<\/dd>/);
  expect(page).toMatch(/<title>pay [^<]*The upgrade to 1\.36 is taken to go on/);
});

test('where every cluster is at its target nothing is to do, and the deadline is shown all the same', async () => {
  const clusters = INVENTORY.clusters.filter(({ name }) => name === 'done' || name === 'ahead');
  const files = { ...FILES, 'inventory.json': JSON.stringify({ ...INVENTORY, clusters }) };
  const { code, out, err } = await plan(files).ran;
  expect(code).toBe(0);
  expect(out).toMatch(/^Deadline: +2026-12-02T00:00:00Z \(policy standard: 2026-12-02\)$/m);
  expect(out).toMatch(/^Done: +nothing is to do: every cluster is at its target, or beyond it$/m);
  expect(out).not.toContain('never');
  expect(err).toContain('0 clusters planned; nothing is to do');
  const { out: page } = await plan(files, '-o', 'html').ran;
  expect(page).toContain('Nothing is to do: every cluster is at its target, or beyond it.');
  expect(page).toContain('<dt>Deadline</dt><dd>2026-12-02 00:00 +00:00</dd>');
  expect(page).not.toMatch(/<svg|never|does not end/);
});

test('where none goes for other reasons that is told, and what the deadline hangs on', async () => {
  const clusters = INVENTORY.clusters.filter(({ name }) => name === 'done' || name === 'paused');
  const policy = FILES['policy.yaml'].replace('2026-12-02', '{ beforeEndOf: standardSupport, margin: 14d }');
  const files = { ...FILES, 'policy.yaml': policy, 'inventory.json': JSON.stringify({ ...INVENTORY, clusters }) };
  const { out } = await plan(files).ran;
  expect(out).toMatch(/^Deadline: +none for now \(policy standard: 14d before the end of standard support\)$/m);
  expect(out).toMatch(/^Done: +nothing is planned: 1 of 2 clusters are at their target or beyond it, the others are/m);
});

test('--diff tells what moved since an older plan, and nothing where nothing did', async () => {
  const { out: old } = await plan(FILES, '-o', 'json').ran;
  const same = await plan({ ...FILES, 'old.json': old }, '--diff', '@old.json').ran;
  expect(same.out).toContain('Nothing has moved');
  const fewer = { ...INVENTORY, clusters: INVENTORY.clusters.filter(({ name }) => name !== 'web') };
  const files = { ...FILES, 'old.json': old, 'inventory.json': JSON.stringify(fewer) };
  const later = files['policy.yaml'].replace('soak: 24h', 'soak: 48h');
  const { code, out } = await plan({ ...files, 'policy.yaml': later }, '--diff', '@old.json', '-o', 'json').ran;
  expect(code).toBe(0);
  const diff = JSON.parse(out) as {
    clusters: { name: string; change: string; moved: { field: string; after: string }[] }[];
  };
  expect(diff.clusters.map(({ name, change }) => [name, change])).toEqual([
    ['pay', 'moved'],
    ['web', 'left'],
  ]);
  expect(diff.clusters[0]?.moved).toContainEqual({
    field: 'start',
    before: '2026-11-21T21:00:00Z',
    after: '2026-11-22T21:00:00Z',
  });
});

test('of a policy whose rollout runs already the dates are told to be of another one before the waves, and --diff calls none of them moved', async () => {
  const apart = `---
apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: lone }
spec: { selector: { matchLabels: { lone: "yes" } }, target: "1.36", waves: [{ name: all, maxConcurrency: 1 }] }
`;
  const lone = ['lone-a', 'lone-b'].map((name) => cluster(name, '1.35', '', { labels: { lone: 'yes' } }));
  const clusters = [...INVENTORY.clusters, ...lone];
  const at = (state: Readonly<Record<string, object>>) => ({
    ...FILES,
    'policy.yaml': `${FILES['policy.yaml']}${apart}`,
    'inventory.json': JSON.stringify({
      ...INVENTORY,
      clusters: clusters.map((one) => ({ ...one, ...state[one.name] })),
    }),
  });
  const member = { policy: 'standard', target: '1.36' };
  const begun = at({
    'web-dev': { kubernetesVersion: '1.36', state: 'Watched', ...member },
    web: { state: 'Waiting', ...member },
    // Its target is not known yet, and it has no member.
    'lone-a': { state: 'Waiting', policy: 'lone', target: null },
  });
  const { out: before } = await plan(at({}), '-o', 'json').ran;
  const { out: after } = await plan(begun, '-o', 'json').ran;
  const { running } = JSON.parse(after) as PlanDocument;
  expect(running.map(({ policy, clusters: own }) => [policy, own])).toEqual([['standard', ['web', 'web-dev']]]);
  const told = (await plan(begun).ran).out;
  expect(told).toMatch(
    /Runs already:\n {2}Policy standard \(web, web-dev\): .* liftlock describe rollout .* liftlock explain cluster web\.\n\nWaves:/,
  );
  expect((await plan(begun, '-o', 'html').ran).out).toContain('Policy standard (web, web-dev): ');
  // One has begun since, and one has ended since.
  for (const [files, old] of [
    [begun, before],
    [at({}), after],
  ] as const) {
    const compared = await plan({ ...files, 'old.json': old }, '--diff', '@old.json').ran;
    expect(compared.out).toMatch(/^Nothing has moved between .*\n\nNot compared:\n {2}Policy standard /);
  }
  // For the others it shows what moved.
  const wider = begun['policy.yaml'].replace('maxConcurrency: 1 }', 'maxConcurrency: 2 }').replace('24h', '48h');
  const slower = { ...begun, 'policy.yaml': wider };
  const { out } = await plan({ ...slower, 'old.json': before }, '--diff', '@old.json', '-o', 'json').ran;
  expect(JSON.parse(out)).toMatchObject({ plan: [], waves: [{ policy: 'lone' }], running: [{ policy: 'standard' }] });
});

test.each([
  [
    'an inventory with mistakes',
    {
      'inventory.json':
        'apiVersion: liftlock/v1alpha1\nkind: Inventory\nclusters:\n  - { name: a, kubernetesVersion: 1.30 }\n',
    },
    [],
    /inventory\.json:4:\d+: error: .*quote it/,
  ],
  ['no such inventory', {}, ['--inventory', '/nowhere/at/all.yaml'], /there is no file/],
  ['a time without zone', {}, ['--now', '2026-11-20T08:00'], /--now is .*with its zone/],
  ['a target that is none', {}, ['--target', 'newest'], /--target is "newest"/],
  [
    'an old plan with a mistake',
    { 'old.json': '{"now":"yesterday"}' },
    ['--diff', '@old.json'],
    /old\.json:1:8: error: now: "yesterday" is not an instant: write.*… and \d+ more\.\n.*Give one that liftlock plan -o json printed/s,
  ],
  ['an old plan that is no JSON', { 'old.json': 'a: [' }, ['--diff', '@old.json'], /is not JSON, so it is not a Roll/],
  ['an old plan that is none', { 'old.json': '{}' }, ['--diff', '@old.json'], /is not a RolloutPlan/],
  ['a calendar that is nowhere', { 'policy.yaml': FILES['policy.yaml'].split('---')[0] ?? '' }, [], /nights/],
  ['a seed that is no number', {}, ['--seed', 'x'], /whole number/],
])('%s is bad input: exit code 2', async (_, files, more, message) => {
  const { code, out, err } = await plan({ ...FILES, ...files } as Record<string, string>, ...more).ran;
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});
