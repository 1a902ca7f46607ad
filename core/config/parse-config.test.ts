import fc from 'fast-check';
import { fleet, policy } from '../../test/material/config/documents.ts';
import { SupportCalendar } from '../version/support-calendar.ts';
import type { ParseOptions } from './check-policy.ts';
import { formatIssue } from './issue.ts';
import { parseConfig } from './parse-config.ts';

const parse = (text: string, options?: ParseOptions) => parseConfig([{ path: 'c.yaml', text }], options);
const errorsOf = (text: string, options?: ParseOptions) => parse(text, options).errors.map(formatIssue);
const warningsOf = (text: string, options?: ParseOptions) => parse(text, options).warnings.map(formatIssue);

test('a fleet and policies in one file are read, defaults filled in', () => {
  const config = parse(`# the fleet\n${fleet}---\n${policy}---\n`);
  expect(config.errors).toEqual([]);
  expect(config.warnings).toEqual([]);
  expect(config.fleet?.spec).toEqual({
    mode: 'observe',
    accounts: ['111122223333'],
    regions: ['eu-central-1'],
    spokeRole: { name: 'LiftlockSpoke', externalId: 'fleet-7' },
    caps: {},
    labels: { fromTags: {} },
    tagPrefix: 'liftlock/',
    allowedHosts: [],
  });
  expect(config.policies.map(({ spec }) => spec)).toEqual([
    {
      selector: { matchLabels: {}, matchExpressions: [] },
      finish: 'propose',
      target: 'latest',
      trigger: 'manual',
      order: ['deadline', 'cost', 'risk', 'name'],
      caps: {},
      estimates: {},
      verification: 'full',
      scan: { skip: [], failOn: 'removed', versionOwner: 'warn' },
      smoke: { deployments: [], urls: [] },
      rollback: { automatic: false, windows: 'ignore', extendSupport: false },
      waves: [
        {
          name: 'all',
          maxConcurrency: 1,
          failureBudget: { maxFailures: 0, minJudged: 1, countInFlight: false },
          mayOverrun: false,
          rollNodes: 'everyHop',
          onUndecided: 'hold',
          gates: [],
        },
      ],
    },
  ]);
});

test('what was parsed can never be changed', () => {
  const { fleet: parsed, policies } = parse(`${fleet}---\n${policy}`);
  expect(Object.isFrozen(parsed?.spec.regions)).toBe(true);
  expect(Object.isFrozen(policies[0]?.spec.waves[0]?.failureBudget)).toBe(true);
  expect(() => Object.assign(parsed?.spec ?? {}, { mode: 'act' })).toThrow(TypeError);
});

test('one mistake anywhere and nothing is applied, and all mistakes of all files are told, in order', () => {
  const config = parseConfig([
    { path: 'b.yaml', text: fleet.replace('eu-central-1', 'frankfurt').replace('spec:', 'spec:\n  mdoe: act') },
    {
      path: 'a.yaml',
      text: policy.replace('latest', '1.30').replace('{ name: all }', '{ name: all, maxConcurrency: 0 }'),
    },
  ]);
  expect(config.fleet).toBeUndefined();
  expect(config.policies).toEqual([]);
  expect(config.errors.map(formatIssue)).toEqual([
    'b.yaml:5:3: error: spec.mdoe: this field is unknown, and nothing unknown is ignored. Did you mean mode?',
    'b.yaml:7:13: error: spec.regions[0]: "frankfurt" does not look like an AWS Region; write it as eu-central-1.',
    'a.yaml:6:11: error: spec.target: 1.30 without quotes is a number, and text is needed here; quote it: it is read as 1.3. Write "1.30".',
    'a.yaml:7:40: error: spec.waves[0].maxConcurrency: 0 is refused: it must be a number of clusters (1 or more) or a share such as "25%" (1% to 100%, whole percents).',
  ]);
});

test.each([
  ['a number as account', fleet, '"111122223333"', '111122223333', '5:14', 'quote it'],
  ['a short account', fleet, '"111122223333"', '"1234"', '5:14', '12 digits'],
  ['no Regions', fleet, '[eu-central-1]', '[]', '6:12', 'name at least one Region'],
  ['a cap of 0', fleet, 'spec:', 'spec:\n  caps: { total: 0 }', '5:18', 'fleet stop'],
  ['an unknown mode', fleet, 'spec:', 'spec:\n  mode: atc', '5:9', 'Did you mean act?'],
  ['no external id', fleet, '{ externalId: fleet-7 }', '{}', '7:3', 'spec.spokeRole.externalId: is missing'],
  [
    'no spec at all',
    'apiVersion: liftlock/v1alpha1\nkind: Fleet\nmetadata: { name: a }\n',
    '',
    '',
    '1:1',
    'spec: is missing',
  ],
  ['no accounts', fleet, '  accounts: ["111122223333"]\n', '', '4:1', 'neither accounts nor organizationId'],
  ['a reserved tag prefix', fleet, 'spec:', 'spec:\n  tagPrefix: "aws:x"', '5:14', 'AWS keeps for itself'],
  ['a misspelt kind', fleet, 'kind: Fleet', 'kind: Fleets', '2:7', 'Did you mean Fleet?'],
  ['a kind of a later release', fleet, 'kind: Fleet', 'kind: Notification', '2:7', 'reads Fleet and UpgradePolicy'],
  ['no kind', fleet, 'kind: Fleet\n', '', '1:1', 'kind: is missing'],
  [
    'another apiVersion',
    fleet,
    'v1alpha1',
    'v1',
    '1:13',
    'apiVersion: "liftlock/v1" is refused: it must be liftlock/v1alpha1',
  ],
  ['a bad name', policy, 'standard', 'My_Policy', '3:19', 'is not a name'],
  ['a bad target', policy, 'latest', 'newest', '6:11', 'use latest, latest-1, a minor in quotes'],
  ['what only a channel can say', policy, 'latest', 'latest-2', '6:11', 'use latest, latest-1, a minor in quotes'],
  ['a misspelt channel', policy, 'latest', '{ chanel: stable }', '6:13', 'Did you mean channel?'],
  ['no channel', policy, 'latest', '{}', '6:3', 'spec.target.channel: is missing'],
  ['a bad channel', policy, 'latest', '{ channel: Stable }', '6:22', 'lower-case letters, digits'],
  ['a patch as target', policy, 'latest', '"1.36.2"', '6:11', 'is not a target'],
  [
    'a duration without unit',
    policy,
    '{ name: all }',
    '{ name: all, soak: 24 }',
    '7:30',
    '24 is not a duration: write',
  ],
  ['a duration that is none', policy, '{ name: all }', '{ name: all, soak: soon }', '7:30', '"soon" is not a duration'],
  ['a duration of nothing', policy, '{ name: all }', '{ name: all, soak: 0s }', '7:30', '"0s" lasts no time at all'],
  [
    'a number as calendar',
    policy,
    '{ name: all }',
    '{ name: all, calendar: 7 }',
    '7:34',
    '7 without quotes is a number',
  ],
  [
    'a bad name among calendars',
    policy,
    '{ name: all }',
    '{ name: all, calendar: [nights, Nights] }',
    '7:43',
    'spec.waves[0].calendar[1]: "Nights" is not a name',
  ],
  ['an empty list of waves', policy, '[{ name: all }]', '[]', '7:10', 'at least one wave'],
  ['waves that are no list', policy, '[{ name: all }]', 'all', '7:10', 'must be a list, not the text "all"'],
  ['a wave without name', policy, '{ name: all }', '{ clusters: [a] }', '7:11', 'spec.waves[0].name: is missing'],
  [
    'two waves of one name',
    policy,
    '{ name: all }',
    '{ name: all, clusters: [a] }, { name: all }',
    '7:49',
    'is the name of waves[0] already',
  ],
  [
    'selector and clusters',
    policy,
    '{ name: all }',
    '{ name: all, selector: {}, clusters: [a] }',
    '7:38',
    'Remove one',
  ],
  ['a share of 0%', policy, '{ name: all }', '{ name: all, maxConcurrency: "0%" }', '7:40', '1% to 100%'],
  [
    'a broken share',
    policy,
    '{ name: all }',
    '{ name: all, failureBudget: { maxFailures: "12.5%" } }',
    '7:54',
    'whole percents',
  ],
  [
    'In without values',
    policy,
    'selector: {}',
    'selector: { matchExpressions: [{ key: a, operator: In, values: [] }] }',
    '5:66',
    'at least one value',
  ],
  [
    'Exists with values',
    policy,
    'selector: {}',
    'selector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] }',
    '5:70',
    'must be left out',
  ],
  [
    'a misspelt operator',
    policy,
    'selector: {}',
    'selector: { matchExpressions: [{ key: a, operator: exists }] }',
    '5:54',
    'Did you mean Exists?',
  ],
  ['backups of nobody', policy, 'spec:', 'spec:\n  scan: { backups: {} }', '5:20', 'velero or awsBackup'],
  [
    'a deployment without namespace',
    policy,
    'spec:',
    'spec:\n  smoke: { deployments: [web] }',
    '5:26',
    'namespace/name',
  ],
  ['a list as document', '- a\n', '', '', '1:1', 'not a list'],
  ['a text as document', 'hello\n', '', '', '1:1', 'not plain text'],
  ['broken YAML', 'a: [1\n', '', '', '2:1', 'not valid YAML'],
  ['a tag of another language', 'a: !!python/object x\n', '', '', '1:4', 'not valid YAML'],
  ['a key written twice', fleet, 'spec:', 'spec:\n  mode: act\n  mode: observe', '6:3', '"mode" is written twice'],
  ['a key every object inherits', fleet, 'spec:', 'spec:\n  __proto__: {}', '5:3', 'this field is unknown'],
])('%s is refused with its place', (_, text, from, to, place, words) => {
  const errors = errorsOf(text.replace(from, to));
  expect(errors.find((error) => error.startsWith(`c.yaml:${place}: error: `))).toContain(words);
});

const later = {
  spec: ['calendar', 'rollNodes', 'notifications'],
  selector: ['matchFields'],
  wave: ['order', 'target', 'deadline'],
  failureBudget: ['perAccount'],
};
const places = {
  spec: ['spec:', (field: string) => `spec:\n  ${field}: 1`],
  selector: ['selector: {}', (field: string) => `selector: { ${field}: x }`],
  wave: ['{ name: all }', (field: string) => `{ name: all, ${field}: 1 }`],
  failureBudget: ['{ name: all }', (field: string) => `{ name: all, failureBudget: { ${field}: 1 } }`],
} as const;

test.each(
  Object.entries(later).flatMap(([place, fields]) =>
    fields.map((field) => [place as keyof typeof places, field] as const),
  ),
)('in %s the field %s, which has no meaning there, is refused as unknown', (place, field) => {
  const [from, to] = places[place];
  const errors = errorsOf(policy.replace(from, to(field)));
  expect(errors).toEqual([expect.stringContaining(`${field}: this field is unknown, and nothing unknown is ignored.`)]);
});

test('a second Fleet and a second policy of one name are refused and point at the first', () => {
  expect(errorsOf([fleet, fleet, policy, policy].join('---\n'))).toEqual([
    'c.yaml:9:1: error: there is a Fleet already, at c.yaml:1, and one Liftlock looks after one. Merge them.',
    'c.yaml:27:19: error: metadata.name: "standard" is the name of another UpgradePolicy, at c.yaml:17. Rename or remove one.',
  ]);
});

test.each([
  ['http://example.com', 'Use https://'],
  ['https://user:secret@example.com', 'credentials'],
  ['example.com/health', 'not a URL'],
  ['https://10.1.2.3/', '"10.1.2.3" is a private address'],
  ['https://0x7f.1/', '"127.0.0.1" is a loopback address'],
  ['https://169.254.169.254/latest/meta-data', 'link-local'],
  ['https://[fd00::1]/', 'private address'],
  ['https://web.internal', '.internal'],
])('the smoke URL %s is refused', (url, words) => {
  const errors = ['smoke', 'scan'].flatMap((place) =>
    errorsOf(policy.replace('spec:', `spec:\n  ${place}: { urls: ["${url}"] }`)),
  );
  expect(errors).toEqual([
    expect.stringMatching(/^c\.yaml:5:19: error: spec\.smoke\.urls\[0\]: /),
    expect.stringMatching(/^c\.yaml:5:18: error: spec\.scan\.urls\[0\]: /),
  ]);
  expect(errors[0]).toContain(words);
  expect(errors[0]).not.toContain('secret@');
});

test.each([
  ['{ webhook: "http://example.com/x" }', 'webhook: "http://"'],
  ['{ webhook: "https://10.0.0.1/x" }', 'webhook: "10.0.0.1"'],
  ['{ topic: payments }', 'owners'],
  ['{ topic: "arn:aws:sns:eu-west-1:111111111111:a.fifo" }', 'owners'],
  ['{ mail: a@example.com }', 'owners'],
])('the address %s of an owner is refused', (address, words) => {
  const [error, ...more] = errorsOf(fleet.replace('spec:', `spec:\n  owners: { payments: ${address} }`));
  expect([error, more]).toEqual([expect.stringContaining(words), []]);
});

test('an owner is reached by a topic, or by a webhook on a public or a listed host', () => {
  const owners =
    'owners: { a: { topic: "arn:aws:sns:eu-west-1:111111111111:a" }, b: { webhook: "https://web.internal/x", secret: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/b" } }';
  expect(errorsOf(fleet.replace('spec:', `spec:\n  allowedHosts: [web.internal]\n  ${owners}`))).toEqual([]);
});

test('a private host is allowed where the Fleet, in the same files or in force, lists it', () => {
  const withUrl = policy.replace(
    'spec:',
    'spec:\n  smoke: { urls: ["https://web.internal/x", "https://[fd00::1]:8443/"] }',
  );
  const listed = fleet.replace('spec:', 'spec:\n  allowedHosts: [web.internal, "fd00::1"]');
  expect(errorsOf(`${withUrl}---\n${listed}`)).toEqual([]);
  expect(errorsOf(withUrl, { allowedHosts: ['web.internal', 'fd00::1'] })).toEqual([]);
  expect(errorsOf(`${fleet}---\n${withUrl}`, { allowedHosts: ['web.internal', 'fd00::1'] })).toHaveLength(2);
});

test.each([
  [
    'a wave after one that takes all',
    '{ name: all }, { name: rest }',
    '7:28',
    'the earlier wave "all" takes all of them',
  ],
  [
    'a narrower selector after a wider one',
    '{ name: a, selector: { matchLabels: { e: p } } }, { name: b, selector: { matchLabels: { e: p, r: x } } }',
    '7:72',
    'takes all of them',
  ],
  [
    'clusters by name after an empty selector',
    '{ name: a, selector: {} }, { name: b, clusters: [x] }',
    '7:49',
    'takes all of them',
  ],
  [
    'clusters that were all taken',
    '{ name: a, clusters: [x, y] }, { name: b, clusters: [y] }',
    '7:53',
    'takes all of them',
  ],
  [
    'a cluster named twice',
    '{ name: a, clusters: [x] }, { name: b, clusters: [x, z] }',
    '7:61',
    'is in the earlier wave "a" already',
  ],
  [
    'a selector that contradicts itself',
    '{ name: a, selector: { matchLabels: { e: p }, matchExpressions: [{ key: e, operator: DoesNotExist }] } }',
    '7:22',
    'contradict each other',
  ],
])('%s is a warning, with its place', (_, waves, place, words) => {
  const warnings = warningsOf(policy.replace('{ name: all }', waves));
  expect(warnings).toEqual([expect.stringContaining(words)]);
  expect(warnings[0]).toMatch(new RegExp(`^c\\.yaml:${place}: warning: `));
});

test('waves by selector and one for the rest are no reason to warn', () => {
  const waves =
    '{ name: a, selector: { matchLabels: { e: dev } } }, { name: b, selector: { matchExpressions: [{ key: e, operator: In, values: [dev, qa] }] } }, { name: rest }';
  expect(warningsOf(policy.replace('{ name: all }', waves))).toEqual([]);
});

test.each([
  ['a Region in an unknown area', fleet, 'eu-central-1', 'eu-wset-1', 'Did you mean eu-west-1?'],
  ['an account listed twice', fleet, '["111122223333"]', '["111122223333", "111122223333"]', 'listed twice'],
  [
    'a cap over a label nobody gets',
    fleet,
    'spec:',
    'spec:\n  caps: { perLabel: { team: 1 } }',
    'caps the whole fleet',
  ],
  [
    'a policy that takes what another takes',
    `${policy}---\n${policy.replace('standard', 'other')}`,
    '',
    '',
    'a cluster with two policies is left alone',
  ],
])('%s is a warning', (_, text, from, to, words) => {
  expect(errorsOf(text.replace(from, to))).toEqual([]);
  expect(warningsOf(text.replace(from, to))).toEqual([expect.stringContaining(words)]);
});

test.each([
  ['1.33', 'is in extended support (since 2026-07-29)'],
  ['1.30', 'EKS no longer supports 1.30 (since 2026-07-23)'],
  ['1.29', 'EKS no longer supports 1.29'],
  ['1.40', 'this release of Liftlock knows no 1.40 (newest: 1.37). Nothing moves until EKS offers it, and Liftlock'],
])('the target %s is a warning on 2026-11-20', (target, words) => {
  const options = { calendar: SupportCalendar.builtIn(), now: new Date('2026-11-20') };
  expect(warningsOf(policy.replace('latest', `"${target}"`), options)).toEqual([expect.stringContaining(words)]);
});

test('a supported target, and any target without a calendar, is no warning', () => {
  const options = { calendar: SupportCalendar.builtIn(), now: new Date('2026-11-20') };
  expect(warningsOf(policy.replace('latest', '"1.36"'), options)).toEqual([]);
  expect(warningsOf(policy.replace('latest', '"1.30"'))).toEqual([]);
});

test('no files, empty files and comments alone are an empty config', () => {
  const nothing = { policies: [], calendars: [], channels: [], waivers: [], errors: [], warnings: [] };
  expect(parseConfig([])).toEqual(nothing);
  expect(parse('# nothing\n---\n---\n')).toEqual(nothing);
});

test('whatever is cut out of a config, parsing never throws and every issue has a place in the file', () => {
  const text = `${fleet}---\n${policy}`;
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 5 }), (start, length, inserted) => {
      const broken = text.slice(0, start) + inserted + text.slice(start + length);
      const { errors, warnings, policies } = parse(broken);
      const lines = broken.split('\n').length;
      for (const { line, column } of [...errors, ...warnings]) {
        expect(line >= 1 && line <= lines && column >= 1).toBe(true);
      }
      if (errors.length > 0) expect(policies).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
