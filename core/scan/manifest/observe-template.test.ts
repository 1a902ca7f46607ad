import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import { headsOf, observeTemplate } from './observe-template.ts';
import { scanText } from './scan-text.ts';

const heads = (text: string) => headsOf(text).map(({ apiVersion, kind, line }) => `${apiVersion} ${kind} ${line}`);
const HEAD = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n';
const METADATA = 'metadata:\n  name: {{ .Release.Name }}\n';

test.each<[string, string, string[]]>([
  [
    'the head of a document under an if',
    `{{- if .Values.pdb }}\n${HEAD}${METADATA}{{- end }}\n`,
    ['policy/v1beta1 PodDisruptionBudget 2'],
  ],
  [
    'kind first, in quotes, with comments and Windows line ends',
    'kind: "Ingress" # x\r\napiVersion: \'extensions/v1beta1\'\r\n',
    ['extensions/v1beta1 Ingress 2'],
  ],
  [
    'each document',
    `${HEAD}---\n${HEAD}`,
    ['policy/v1beta1 PodDisruptionBudget 1', 'policy/v1beta1 PodDisruptionBudget 4'],
  ],
  [
    'each version of one document',
    `{{- if x }}\napiVersion: a/v1\n{{- else }}\napiVersion: a/v2\n{{- end }}\nkind: A\n`,
    ['a/v1 A 2', 'a/v2 A 4'],
  ],
  ['no version that is an action', 'apiVersion: {{ include "v" . }}\nkind: Ingress\n', []],
  ['no version with an action in it', 'apiVersion: policy/{{ .v }}\nkind: PodDisruptionBudget\n', []],
  ['no kind that is an action', 'apiVersion: policy/v1beta1\nkind: {{ .kind }}\n', []],
  ['no version that a shell fills in', 'apiVersion: $API\nkind: PodDisruptionBudget\n', []],
  ['nothing within an object', `data:\n  a: |\n${HEAD.replace(/^/gm, '    ')}`, []],
  ['nothing in a comment of the template', `{{- /*\n${HEAD}*/ -}}\n${METADATA}`, []],
  ['nothing in a comment of YAML', HEAD.replace(/^/gm, '# '), []],
  ['no kind of another document', 'apiVersion: policy/v1beta1\n---\nkind: PodDisruptionBudget\n', []],
])('of a template it reads %s', (_, text, expected) => {
  expect(heads(text)).toEqual(expected);
});

const judged = (text: string, target = '1.36') =>
  judgeAll(observeTemplate('t.yaml', text), { target: KubeVersion.parse(target) }).map(
    ({ severity, confidence, message, location, evidence }) =>
      `${severity} ${confidence} ${location?.line}:${location?.column} ${message} ${evidence.at(-1)}`,
  );

test('what would be an error is a provisional warning, what would be a warning is for information', () => {
  expect(judged(`{{ if x }}\n${HEAD}{{ end }}`)).toEqual([
    'warning low 2:1 Provisional, seen in a template that was not rendered: policy/v1beta1 PodDisruptionBudget is not served from Kubernetes 1.25 on. It stands in a template that was not rendered, perhaps under an if.',
  ]);
  expect(judged(HEAD, '1.24')).toEqual([expect.stringMatching(/^info low 1:1 Provisional, .* is deprecated since/)]);
  expect(judged('apiVersion: cert-manager.io/v1alpha2\nkind: Issuer\n')).toEqual([expect.stringMatching(/^info low/)]);
  expect(judged('apiVersion: policy/v1\nkind: PodDisruptionBudget\n')).toEqual([]);
});

test('where the template names other versions for the same object, none of them is more than information', () => {
  const text = `{{ if x }}\napiVersion: policy/v1\n{{ else }}\napiVersion: policy/v1beta1\n{{ end }}\nkind: PodDisruptionBudget\n`;
  expect(judged(text)).toEqual([expect.stringMatching(/^info low 4:1 Provisional, .* other versions too/)]);
});

test('a template that stands outside of a chart is a gap, with the same beside it', () => {
  const { observations, coverage } = scanText(
    't.yaml',
    `kind: Pod\napiVersion: v1\n---\n{{- if x }}\n${HEAD}${METADATA}{{ end }}`,
  );
  expect(observations.map(({ provisional, location }) => [provisional, location?.line])).toEqual([['perhaps', 5]]);
  expect(coverage.map(({ status }) => status)).toEqual(['read', 'not-rendered']);
  expect(scanText('t.yaml', `{{- if x }}\n${HEAD}${METADATA}{{ end }}`).observations).toHaveLength(1);
});
