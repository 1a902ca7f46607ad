import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import { scanText } from './scan-text.ts';

const target = KubeVersion.parse('1.36');
/** `error policy/v1beta1 PodDisruptionBudget api 1:1` for every finding. */
function found(text: string): string[] {
  return judgeAll(scanText('f.yaml', text).observations, { target }).map(
    ({ severity, apiVersion, kind, name, location }) =>
      `${severity} ${apiVersion} ${kind} ${name} ${location?.line}:${location?.column}`,
  );
}
const gaps = (text: string) =>
  scanText('f.yaml', text)
    .coverage.filter(({ status }) => status !== 'read' && status !== 'skipped')
    .map(({ what, status }) => `${what} ${status}`);

const PDB = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: api\n';
const FOUND = ['error policy/v1beta1 PodDisruptionBudget api 1:1'];
const at = (place: string) => [`error policy/v1beta1 PodDisruptionBudget api ${place}`];

test.each<[string, string, string[]]>([
  ['plain YAML', PDB, FOUND],
  ['a byte order mark', `\ufeff${PDB}`, FOUND],
  ['Windows line ends', PDB.replaceAll('\n', '\r\n'), FOUND],
  ['comments and a directive before it', `# Source: chart/templates/pdb.yaml\n%YAML 1.2\n---\n${PDB}`, at('4:1')],
  ['two documents', `apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n${PDB}`, at('5:1')],
  [
    'a document that begins on the marker’s line',
    `--- {apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: api}}`,
    at('1:6'),
  ],
  ['dashes inside block text', `${PDB}  annotations:\n    pem: |\n      -----BEGIN-----\n      ---\n      x\n`, FOUND],
  ['a comment of dashes between apiVersion and kind', PDB.replace('\nkind', '\n# --- kind ---\nkind'), FOUND],
  [
    'kind before apiVersion',
    'kind: PodDisruptionBudget\nmetadata: {name: api}\napiVersion: policy/v1beta1\n',
    at('3:1'),
  ],
  ['quoted keys', '"apiVersion": "policy/v1beta1"\n\'kind\': PodDisruptionBudget\nmetadata: {name: api}', FOUND],
  [
    'JSON',
    '{\n  "kind": "PodDisruptionBudget",\n  "apiVersion": "policy/v1beta1",\n  "metadata": {"name": "api"}}',
    at('3:3'),
  ],
  [
    'JSON with tabs',
    '{\n\t"apiVersion": "policy/v1beta1",\n\t"kind": "PodDisruptionBudget", "metadata": {"name": "api"}}',
    at('2:2'),
  ],
  [
    'a JSON array',
    '[{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"api"}}]',
    at('1:3'),
  ],
  [
    'JSON lines',
    '{"apiVersion":"v1","kind":"Pod"}\n{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"api"}}\n',
    at('2:2'),
  ],
  [
    'JSON objects one after the other',
    '{\n"apiVersion":"v1","kind":"Pod"\n}\n{\n"apiVersion":"policy/v1beta1",\n"kind":"PodDisruptionBudget","metadata":{"name":"api"}\n}',
    at('5:1'),
  ],
  [
    'a List',
    `apiVersion: v1\nkind: List\nitems:\n- apiVersion: policy/v1beta1\n  kind: PodDisruptionBudget\n  metadata: {name: api}\n`,
    at('4:3'),
  ],
  [
    'a List in a List',
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: api}}\n',
    at('7:6'),
  ],
  [
    'a typed list whose items say nothing themselves',
    'apiVersion: policy/v1beta1\nkind: PodDisruptionBudgetList\nitems:\n- metadata:\n    name: api\n',
    at('4:3'),
  ],
  [
    'anchors and merge keys',
    'x: &base\n  apiVersion: policy/v1beta1\n---\nbase: &b {apiVersion: policy/v1beta1}\n<<: *b\nkind: PodDisruptionBudget\nmetadata: {name: api}\n',
    at('4:1'),
  ],
  ['a name that is a number', PDB.replace('api\n', '123\n'), ['error policy/v1beta1 PodDisruptionBudget 123 1:1']],
  [
    'a generated name',
    PDB.replace('name: api', 'generateName: api-'),
    ['error policy/v1beta1 PodDisruptionBudget api-* 1:1'],
  ],
  ['tags that Kubernetes does not know', `${PDB}spec: !Ref thing\n`, FOUND],
  [
    'a document in a ConfigMap',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  other: x\n  app.yaml: |\n${PDB.replace(/^/gm, '    ')}\n`,
    at('6:3'),
  ],
  [
    'an object in a template',
    'apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- apiVersion: policy/v1beta1\n  kind: PodDisruptionBudget\n  metadata: {name: api}\n',
    at('4:3'),
  ],
  [
    'what kubectl applied last',
    `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: api\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"api"}}'\n`,
    at('6:5').map((line) => line.replace('error', 'info')),
  ],
])('finds it in %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
  expect(gaps(text)).toEqual([]);
});

test.each<[string, string]>([
  ['groups of others', 'apiVersion: networking.istio.io/v1beta1\nkind: Gateway\nmetadata: {name: a}'],
  [
    'a kind that came back in a group and version that was gone',
    'apiVersion: networking.k8s.io/v1beta1\nkind: Banana\nmetadata: {name: a}',
  ],
  [
    'a reference',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  ownerReferences: [{apiVersion: apps/v1, kind: X, name: y}]',
  ],
  [
    'text in a block',
    'apiVersion: v1\nkind: Secret\nstringData:\n  a: |\n    apiVersion: policy/v1beta1\n    kind: PodDisruptionBudget\n    metadata: {name: x}',
  ],
])('finds nothing in %s', (_, text) => {
  expect(found(text)).toEqual([]);
});

test('a broken document costs itself, and is a gap with its line', () => {
  const text = `${PDB}---\na: [\n---\n${PDB}`;
  expect(found(text)).toEqual([...FOUND, ...at('8:1')]);
  expect(gaps(text)).toEqual(['f.yaml:7 error']);
});

test('a template is a gap that says what to do', () => {
  const text =
    'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: {{ .Release.Name }}-x\n  labels: {{- include "x" . | nindent 4 }}\n';
  expect(gaps(text)).toEqual(['f.yaml:4 not-rendered']);
});

test.each<[string, string, string]>([
  ['of a YAML document', `a: 1\n---\n${PDB}  name: b\n`, 'f.yaml:7:3'],
  ['of the document itself', `apiVersion: policy/v1\n${PDB}`, 'f.yaml:2:1'],
  [
    'of JSON',
    '{"kind": "PodDisruptionBudget", "apiVersion": "policy/v1",\n\t"apiVersion": "policy/v1beta1"}',
    'f.yaml:2:2',
  ],
  [
    'of JSON, written in another way',
    '{"kind":"PodDisruptionBudget","\\u0061":1,"a":2,"apiVersion":"policy/v1beta1"}',
    'f.yaml:1:42',
  ],
  [
    'of what is in braces and no JSON',
    '{kind: PodDisruptionBudget, apiVersion: policy/v1beta1, kind: PodDisruptionBudget}',
    'f.yaml:1:57',
  ],
  [
    'of a document in a ConfigMap',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  app.yaml: |\n${`apiVersion: v1\n${PDB}`.replace(/^/gm, '    ')}\n`,
    'f.yaml: ConfigMap/m, key app.yaml',
  ],
])('a key %s that stands twice is a gap at its place, and the last one is judged', (_, text, place) => {
  expect(gaps(text)).toEqual([`${place} error`]);
  expect(found(text)).toHaveLength(1);
});

test('a key that stands twice in what is no object is nobody’s business, and equal keys of two maps are two keys', () => {
  expect(gaps('a: 1\na: 2\n')).toEqual([]);
  expect(
    gaps('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a:b"},"spec":{"name":"a","list":[{"name":"\\":"}]}}'),
  ).toEqual([]);
});

test('what was last applied is a trace, whatever it held', () => {
  const applied = (apiVersion: string, kind: string) =>
    `apiVersion: policy/v1\nkind: ${kind}\nmetadata:\n  name: api\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"${apiVersion}","kind":"${kind}","metadata":{"name":"api"}}'\n`;
  for (const text of [applied('policy/v1beta1', 'PodDisruptionBudget'), applied('cert-manager.io/v1alpha2', 'Issuer')])
    expect(judgeAll(scanText('f.yaml', text).observations, { target })).toMatchObject([
      { severity: 'info', reason: 'stale-trace', location: { line: 6 } },
    ]);
  const never = scanText('f.yaml', applied('apps/v1beta1', 'ReplicaSet')).observations;
  expect(judgeAll(never, { target })).toMatchObject([{ severity: 'info', reason: 'unserved-version' }]);
});

test('charts elsewhere are gaps', () => {
  const flux =
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: n}\nspec: {chart: {spec: {chart: nginx, version: 1.2.3}}}';
  const argo =
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {source: {repoURL: "https://git.example/x", path: deploy}}';
  const entries = scanText('f.yaml', `${flux}\n---\n${argo}`).coverage.filter(
    ({ status }) => status === 'not-rendered',
  );
  expect(
    entries.map(({ what, detail }) => [
      what,
      detail.includes('nginx 1.2.3') || detail.includes('argocd app manifests web'),
    ]),
  ).toEqual([
    ['f.yaml: HelmRelease n/web', true],
    ['f.yaml: Application web', true],
  ]);
});

test('the names of charts and Applications in a file are one word of the commands that are to be pasted, whatever they are', () => {
  const hostile = "web; touch 'x' #";
  const object = (apiVersion: string, kind: string, spec: object) =>
    JSON.stringify({ apiVersion, kind, metadata: { name: hostile }, spec });
  const objects = [
    object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { chart: { spec: { chart: hostile } } }),
    object('helm.cattle.io/v1', 'HelmChart', { chart: hostile }),
    object('argoproj.io/v1alpha1', 'Application', { source: { path: 'deploy' } }),
  ];
  const word = `'web; touch '\\''x'\\'' #'`;
  const commands = objects.map((text) => scanText('f.yaml', text).coverage.at(-1)?.detail.split('comes out: ')[1]);
  expect(commands).toEqual([
    `helm template ${word} | liftlock scan --manifests -`,
    `helm template ${word} | liftlock scan --manifests -`,
    `argocd app manifests ${word} | liftlock scan --manifests -`,
  ]);
});

test('values of Secrets and of what was applied never get into what is reported', () => {
  const secret = 'c3VwZXItc2VjcmV0';
  const text = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"v1beta1","kind":"Secret","data":{"a":"${secret}"}}'\ndata: {a: ${secret}}\n`;
  expect(JSON.stringify(scanText('f.yaml', text))).not.toContain(secret);
});

test.each([
  [
    'an action without quotes',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  x: {{ .Values.x }}\n',
    ['f.yaml:1 not-rendered'],
  ],
  ['a type that is an action', 'apiVersion: "{{ api }}"\nkind: Pod\nmetadata: {name: a}\n', ['f.yaml:1 not-rendered']],
  ['a type that a shell fills in', 'apiVersion: $(API)\nkind: Pod\nmetadata: {name: a}\n', ['f.yaml:1 not-rendered']],
  ['an action in text', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    y: {{ z }}\n', []],
  ['an action in quotes', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "{{ y }}"}\n', []],
])('%s', (_, text, expected) => {
  expect(gaps(text)).toEqual(expected);
});
