import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import { observeTemplate } from '../manifest/observe-template.ts';
import { scanText } from '../manifest/scan-text.ts';
import { parseKindLists } from './parse-kind-lists.ts';

const list = (kinds: string, name = 'platform') =>
  `apiVersion: liftlock/v1alpha1\nkind: KindList\nmetadata: {name: ${name}}\nspec:\n  kinds:\n${kinds}`;
const WIDGET =
  '  - {group: example.com, version: v1alpha1, kind: Widget, deprecatedIn: "1.35", removedIn: "1.36", replacement: example.com/v1 Widget, note: Ask team-platform.}\n';
const EVERY =
  '  - {group: old.example.com, version: v1, kind: "*", removedIn: "1.20", replacement: "new.example.com/v1 *"}\n';
const CORE = '  - {group: "", version: v1, kind: Secret, deprecatedIn: "1.20"}\n';
const { lists, errors } = parseKindLists([{ path: 'a.yaml', text: list(WIDGET + EVERY + CORE) }]);

const object = (apiVersion: string, kind: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
const found = (text: string, target = '1.36') =>
  judgeAll(scanText('f.yaml', text, lists).observations, { target: KubeVersion.parse(target) });

test.each([
  ['example.com/v1alpha1', 'Widget', '1.34', []],
  [
    'example.com/v1alpha1',
    'Widget',
    '1.35',
    [
      'warning deprecated example.com/v1alpha1 Widget is deprecated since Kubernetes 1.35, and gone from 1.36 on, says the list platform.',
    ],
  ],
  [
    'example.com/v1alpha1',
    'Widget',
    '1.36',
    ['error removed example.com/v1alpha1 Widget is gone from Kubernetes 1.36 on, says the list platform.'],
  ],
  ['example.com/v1alpha1', 'Gadget', '1.36', []],
  ['example.com/v1', 'Widget', '1.36', []],
  [
    'old.example.com/v1',
    'Anything',
    '1.36',
    ['error removed old.example.com/v1 Anything is gone from Kubernetes 1.20 on, says the list platform.'],
  ],
  [
    'v1',
    'Secret',
    '1.36',
    ['warning deprecated v1 Secret is deprecated since Kubernetes 1.20, says the list platform.'],
  ],
])('%s %s at %s: %j', (apiVersion, kind, target, expected) => {
  expect(errors).toEqual([]);
  expect(
    found(object(apiVersion, kind), target).map(({ severity, reason, message }) => `${severity} ${reason} ${message}`),
  ).toEqual(expected);
});

test('a finding names its list as its rule, what to write instead, and what else to know', () => {
  expect(found(object('example.com/v1alpha1', 'Widget'))).toMatchObject([
    {
      rule: 'list:platform',
      deprecatedIn: '1.35',
      removedIn: '1.36',
      replacement: 'example.com/v1 Widget',
      fix: 'Write apiVersion: example.com/v1 and kind: Widget in f.yaml:1. Ask team-platform.',
      location: { line: 1 },
    },
  ]);
  expect(found(object('old.example.com/v1', 'Thing'))[0]?.fix).toContain('new.example.com/v1 and kind: Thing in');
  expect(found(object('v1', 'Secret'))[0]?.fix).toBe('Find out what takes its place.');
});

test('what Kubernetes gives up too is told by both', () => {
  const own = parseKindLists([
    {
      path: 'a.yaml',
      text: list('  - {group: policy, version: v1beta1, kind: PodDisruptionBudget, removedIn: "1.24"}\n', 'strict'),
    },
  ]);
  const { observations } = scanText('f.yaml', object('policy/v1beta1', 'PodDisruptionBudget'), own.lists);
  const rules = judgeAll(observations, { target: KubeVersion.parse('1.25') }).map(({ rule }) => rule);
  expect(rules).toEqual([null, 'list:strict']);
});

test('a list counts in templates provisionally, and in what was last applied as a trace', () => {
  const head = 'apiVersion: example.com/v1alpha1\nkind: Widget\n';
  const target = KubeVersion.parse('1.36');
  expect(judgeAll(observeTemplate('t.yaml', head, { lists }), { target })).toMatchObject([
    { severity: 'warning', message: expect.stringMatching(/^Provisional, .* says the list platform\.$/) },
  ]);
  expect(scanText('t.yaml', `{{ if x }}\n${head}{{ end }}`, lists).observations).toMatchObject([
    { type: 'listed', provisional: 'perhaps' },
  ]);
  const applied = `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"example.com/v1alpha1","kind":"Widget"}'\n`;
  expect(found(`apiVersion: example.com/v1\nkind: Widget\n${applied}`)).toMatchObject([
    { severity: 'info', reason: 'stale-trace', rule: 'list:platform' },
  ]);
});

test('everything that is wrong in lists is said at once, by file, line and column', () => {
  const wrong = [
    '  - {group: example.com, version: v1, kind: Widget}\n',
    '  - {group: example.com/v1, version: v1, kind: Widget, removedIn: 1.30}\n',
    '  - {version: v1, kind: "Two words", removedIn: "1.36.1", replacement: Widget, removed: true}\n',
  ];
  const files = [
    { path: 'a.yaml', text: list(wrong.join('')) },
    {
      path: 'b.json',
      text: '{"apiVersion": "liftlock/v1alpha1", "kind": "KindList", "metadata": {"name": "a"}, "spec": {"kinds": []}}',
    },
    { path: 'c.yaml', text: 'kind: Fleet\n' },
  ];
  const { lists: none, errors: said } = parseKindLists(files);
  expect(none).toEqual([]);
  const places = said.map((error) => error.replace(/^(\S+) error: (\S+).*$/s, '$1 $2'));
  expect(places).toEqual(expect.arrayContaining(['a.yaml:6:5: spec.kinds[0]:', 'a.yaml:7:13: spec.kinds[1].group:']));
  expect(said.join('\n')).toContain('gives nothing up: say deprecatedIn, removedIn, or both');
  expect(said.join('\n')).toContain('Write "1.30"');
  expect(said.join('\n')).toMatch(/^b\.json:1:\d+: error: spec\.kinds: .*is empty/m);
  expect(said.join('\n')).toMatch(/^c\.yaml:1:7: error: .*"Fleet" is not a kind/m);
  expect(said.length).toBeGreaterThan(8);
});
