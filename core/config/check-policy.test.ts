import { fleetWith, issuesOf } from '../../test/material/config/issues-of.ts';

const labels = (text: string) => `selector: { matchLabels: { ${text} } }`;
const envs = (...values: string[]) =>
  `selector: { matchExpressions: [{ key: env, operator: In, values: [${values}] }] }`;

test('waves that share some clusters while each has others too are told: the first one wins', () => {
  expect(issuesOf(`{ name: a, ${envs('dev', 'qa')} }, { name: b, ${envs('qa', 'prod')} }`)).toEqual([
    expect.stringMatching(
      /8:\d+: warning: spec\.waves\[1\]\.selector: it takes some of the clusters that the earlier "a" takes too/,
    ),
  ]);
  expect(issuesOf(`{ name: a, ${labels('tier: gold')} }, { name: b, ${envs('prod')} }`)).toHaveLength(1);
});

test.each([
  ['separate ones', `{ name: a, ${envs('dev')} }, { name: b, ${envs('qa')} }`],
  [
    'a narrow one before a wide one',
    `{ name: a, ${labels('env: prod, canary: "1"')} }, { name: b, ${labels('env: prod')} }`,
  ],
  ['one for the rest', `{ name: a, ${envs('dev')} }, { name: b }`],
  [
    'ones with expressions, of which nobody knows',
    `{ name: a, selector: { when: "cluster.minor > 33" } }, { name: b, ${envs('qa')} }`,
  ],
])('%s are fine', (_, waves) => {
  expect(issuesOf(waves)).toEqual([]);
});

test.each([
  ['{ matchLabels: { env: prod } }', 'may select some of the same clusters'],
  ['{ matchLabels: { team: a } }', 'selects the same clusters or more of them'],
  ['{ matchExpressions: [{ key: team, operator: NotIn, values: [a] }] }', undefined],
  ['{ matchLabels: { env: prod }, when: "cluster.autoMode" }', undefined],
])('a policy for %s beside one for team a: %s', (selector, message) => {
  const others = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: other }
spec: { selector: { matchLabels: { team: a } }, target: latest, waves: [{ name: all }] }
`;
  const told = issuesOf('{ name: w }', { selector, others });
  expect(told).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
});

test('every policy that shares clusters is told, and first those that share all that one of the two selects', () => {
  const another = (name: string, selector: string) => `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: ${name} }
spec: { selector: ${selector}, target: latest, waves: [{ name: all }] }
`;
  const told = (...others: string[]) =>
    issuesOf('{ name: w }', { selector: '{ matchLabels: { env: dev } }', others: others.join('---\n') });
  const a = '{ matchLabels: { team: a } }';
  const both = '{ matchLabels: { team: a, region: east, env: dev } }';
  expect(told(another('of-a', a), another('of-both', both)).slice(1)).toEqual([
    expect.stringContaining('the policy "standard" selects the same clusters or more of them, or this one does'),
    expect.stringContaining('the policy "of-a" selects the same clusters or more of them, or this one does'),
  ]);
  const east = '{ matchLabels: { team: a, region: east } }';
  expect(told(another('of-a', a), another('east', east)).slice(1)).toEqual([
    expect.stringContaining('the policy "of-a" selects the same clusters or more of them, or this one does'),
    expect.stringContaining('the policy "standard" may select some of the same clusters'),
  ]);
  const many = Array.from({ length: 23 }, (_, index) => another(`p${index}`, a));
  const last = told(...many).slice(-21);
  expect(last[20]).toMatch(/: 3 more policies may select clusters that this one selects too\.$/);
});

test('a wave with an expression takes nothing for certain, so that the one behind it can be reached', () => {
  expect(issuesOf(`{ name: a, selector: { when: "cluster.minor > 33" } }, { name: b, ${envs('qa')} }`)).toEqual([]);
  expect(
    issuesOf(
      '{ name: a, selector: { when: "cluster.autoMode" } }, { name: b, selector: { when: "cluster.autoMode" } }',
    ),
  ).toEqual([expect.stringContaining('this wave can never get a cluster: the earlier wave "a" takes all of them')]);
});

test.each([
  [
    'selector: { when: "cluster.nmae == \'a\'" }',
    'spec.waves[0].selector.when: there is no field "nmae"',
    "At character 9: nmae == 'a'",
  ],
  ['selector: { when: "cluster.name.matches(\'a+\')" }', 'the function matches is not available here', 'Use glob('],
  ['selector: { when: "cluster.minor" }', 'it gives a whole number, and true or false is needed.', 'At character 1'],
  [
    'approval: { autoApproveWhen: "faild == 0" }',
    'autoApproveWhen: nothing here is called "faild".',
    'Did you mean failed?',
  ],
  ['selector: { when: "cluster.name ==" }', 'Unexpected token: EOF. At its end.', ''],
])('%s is an error with its place', (field, message, hint) => {
  const told = issuesOf(`{ name: w, ${field} }`);
  expect(told).toEqual([expect.stringMatching(/^p\.yaml:8:\d+: error: /)]);
  expect(told[0]).toContain(message);
  expect(told[0]).toContain(hint);
});

test('an expression of the policy itself is judged too, and beside other mistakes', () => {
  const told = issuesOf('{ name: w, soak: soon }', { selector: '{ when: "cluster.x" }' });
  expect(told.some((issue) => issue.includes('spec.selector.when: there is no field "x"'))).toBe(true);
  expect(told.some((issue) => issue.includes('"soon" is not a duration'))).toBe(true);
});

test.each([
  ['http://example.com/gate', 'is not encrypted'],
  ['https://user:secret@example.com', 'contains credentials'],
  ['https://169.254.169.254/', 'link-local'],
  ['https://gates.internal/x', 'called only when listed'],
])('the webhook %s is refused', (url, message) => {
  const told = issuesOf(`{ name: w, soak: 1h, gates: [{ webhook: "${url}" }] }`);
  expect(told).toEqual([expect.stringContaining('error: spec.waves[0].gates[0].webhook: ')]);
  expect(told[0]).toContain(message);
});

test('a webhook on a private host is allowed where the Fleet lists it', () => {
  const others = fleetWith('allowedHosts: [gates.internal]');
  expect(issuesOf('{ name: w, soak: 1h, gates: [{ webhook: "https://gates.internal/x" }] }', { others })).toEqual([]);
});

test.each([
  ['{ name: a, gates: [{ alarm: errors }] }', '', 'gates: nobody looks at them'],
  ['{ name: a, mayOverrun: true }', '', 'mayOverrun: this wave has no calendar'],
  ['{ name: a, requireReady: 23h }', '', 'requireReady: every cluster is looked at once a day'],
  ['{ name: a, bake: 7d }', '', 'bake: EKS lets a cluster go back for 7 days, and a bake as long'],
  ['{ name: a, watch: 168h }', '', 'watch: EKS lets a cluster go back for 7 days, and a watch as long'],
  ['{ name: a, bake: 1d, watch: 6d }', '', 'watch: EKS lets a cluster go back for 7 days, and a bake and a watch that'],
])('%s %s has no effect, or less than it promises', (waves, spec, message) => {
  expect(issuesOf(waves, { spec })).toEqual([expect.stringContaining(message)]);
});

test.each([
  ['rollback: { automatic: true }', []],
  ['rollback: { automatic: true }\nverification: eks-api', ['warning: spec.rollback.automatic: nothing is compared']],
  ['rollback: { automatic: true }\nverification: eks-api\nscan: { alarms: [errors] }', []],
  ['rollback: { windows: obey }', []],
])('a rollback that nothing would ever begin is warned of: %s', (spec, told) => {
  expect(issuesOf('{ name: a }', { spec })).toEqual(told.map((one) => expect.stringContaining(one)));
});

test('what is wrong with one wave is told together with what is wrong with another', () => {
  const two = ['sso:111111111111/a@x.io', 'sso:111111111111/b@x.io'];
  const waves = `{ name: a, soak: soon }, { name: b, approval: { approvals: 3, from: ${JSON.stringify(two)} } }`;
  const errors = issuesOf(waves).filter((issue) => issue.includes('error: '));
  expect(errors.sort()).toEqual([
    expect.stringContaining('spec.waves[0].soak: '),
    expect.stringMatching(/spec\.waves\[1\]\.approval\.approvals: 3 different people must agree/),
  ]);
});

test('whatever is wrong in one field is told together with what is wrong in its neighbours and in the waves', () => {
  const spec = 'rollback: { automatic: true, windows: sometimes, when: never }';
  expect(issuesOf('{ name: a, soak: soon }', { spec })).toEqual(
    expect.arrayContaining([
      expect.stringContaining('spec.rollback.windows: '),
      expect.stringContaining('spec.rollback.when: '),
      expect.stringContaining('spec.waves[0].soak: '),
    ]),
  );
});

test.each([
  '{ name: a, gates: [{ alarm: errors }] }, { name: b, clusters: [x] }',
  '{ name: a, soak: 1h, gates: [{ alarm: errors }] }',
  '{ name: a, bake: 6d }',
  '{ name: a, bake: 1d, watch: 5d }',
  '{ name: a, requireReady: 24h }',
])('%s has an effect', (waves) => {
  expect(issuesOf(waves).filter((issue) => !issue.includes('takes all of them'))).toEqual([]);
});

test('a name that no check has is told with its place and the nearest one; patterns, and names with what they name, are not', () => {
  const checks =
    'DrainStuk, Drain*, removed, al2-ami, "names:example.com/v1 widgets", "list:ours", "*", Dran*, nothing-like-it';
  const told = issuesOf('{ name: w }', { spec: `scan: { waivers: [{ checks: [${checks}] }] }` });
  expect(told).toEqual([
    'p.yaml:7:32: error: spec.scan.waivers[0].checks[0]: "DrainStuk" is the name of no check, so that no waiver would hold by it. Did you mean DrainStuck?',
    expect.stringMatching(/: error: spec\.scan\.waivers\[0\]\.checks\[7\]: "Dran\*" is the name of no check/),
    expect.stringMatching(
      /checks\[8\]: "nothing-like-it" .* Write the rule or the reason of a finding, as reports show it\.$/,
    ),
  ]);
});

test('a rule about what EKS enforces is told with its place, since nothing waives it', () => {
  const told = issuesOf('{ name: w }', { spec: 'scan: { waivers: [{ checks: [DrainStuck, VersionSkew] }] }' });
  expect(told).toEqual([
    'p.yaml:7:44: warning: spec.scan.waivers[0].checks[1]: nothing waives VersionSkew, since EKS refuses such a hop. Remove it.',
  ]);
});
