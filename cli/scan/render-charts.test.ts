import { chmodSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { budget, type ScanFolder, scanFolder } from '../../test/material/cli/scan-folder.ts';
import type { Io } from '../command/io.ts';
import { chartRenderer } from './render-charts.ts';

let folder: ScanFolder;
beforeEach(() => {
  folder = scanFolder({
    'shop/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'shop/values.yaml': 'replicas: 2\n',
    'shop/templates/budget.yaml': `# of the shop\n{{ if .Values.budget }}\n${budget('{{ .Release.Name }}')}{{ end }}\n`,
    'shop/templates/plain.yaml': budget('plain'),
    'shop/charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.0.0\n',
    'shop/charts/cache/templates/budget.yaml': `${budget('{{ .Release.Name }}')}`,
    'names/Chart.yaml': 'apiVersion: v2\nname: names\ntype: library\nversion: 1.0.0\n',
    'rendered.yaml': `---\n# Source: web/templates/budget.yaml\n${budget('liftlock')}---\n# Source: web/charts/cache/templates/budget.yaml\n${budget('cache')}`,
  });
});
afterEach(() => folder.remove());

/** A stand-in for helm, which this machine may lack. */
function standIn(script: string): Record<string, string> {
  folder.write({ 'bin/helm': `#!/bin/sh\n${script}\n` });
  chmodSync(folder.of('bin/helm'), 0o755);
  return {
    PATH: `${folder.of('nothing')}:${folder.of('bin')}:/usr/bin:/bin`,
    HOME: folder.path,
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
}

async function scanned(script: string, ...argv: readonly string[]) {
  const charts = [
    '--manifests',
    folder.of('shop'),
    folder.of('names'),
    '--target',
    '1.36',
    '1.37',
    '--render',
    '-o',
    'json',
  ];
  const { out, code } = await runInProcess(['scan', ...charts, ...argv], { env: standIn(script) });
  const [report] = (JSON.parse(out) as { items: ScanReport[] }).items;
  if (report === undefined) throw new Error('no report');
  return { report, code };
}
const shown = ({ findings }: ScanReport) =>
  findings.map(
    ({ severity, name, location }) =>
      `${severity} ${name} ${location?.file.replace(folder.path, 'F')}:${location?.line}`,
  );
const gapsOf = ({ coverage }: ScanReport) =>
  coverage.flatMap(({ status, what, detail }) =>
    status === 'read' || status === 'skipped' ? [] : [`${status} ${what}: ${detail}`.replaceAll(folder.path, 'F')],
  );

test('what helm makes of a chart and those that it depends on is scanned, and told at its place in the templates', async () => {
  const { report, code } = await scanned(`cat ${folder.of('rendered.yaml')}`);
  expect(code).toBe(3);
  expect(shown(report)).toEqual([
    'error cache F/shop/charts/cache/templates/budget.yaml:1',
    'error liftlock F/shop/templates/budget.yaml:3',
  ]);
  expect(report.findings[1]?.evidence).toEqual(['Helm rendered it from web/templates/budget.yaml.']);
  expect(gapsOf(report)).toEqual([]);
  expect(report.summary.read).toBe(2);
  expect(JSON.stringify(report.coverage)).toContain('helm rendered it for 1.37 with its own values');
});

test('budgets and workloads that are rendered from several templates are judged together', async () => {
  const spec = 'selector: {matchLabels: {app: web}}';
  folder.write({
    'rendered.yaml': [
      `# Source: web/templates/budget.yaml\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1, ${spec}}\n`,
      `# Source: web/templates/plain.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, ${spec}, template: {metadata: {labels: {app: web}}}}\n`,
    ].join('---\n'),
  });
  const { report, code } = await scanned(`cat ${folder.of('rendered.yaml')}`);
  expect([code, shown(report)]).toEqual([3, ['error web F/shop/templates/budget.yaml:1']]);
});

test('helm is called once for a chart, by its absolute path, without a shell, plugins or credentials', async () => {
  await scanned(`for word in "$@"; do echo "$word"; done >> ${folder.of('argv')}; env | sort > ${folder.of('env')}`);
  expect(readFileSync(folder.of('argv'), 'utf8').split('\n')).toEqual([
    'template',
    'liftlock',
    folder.of('shop'),
    '--kube-version',
    '1.37',
    '',
  ]);
  const env = readFileSync(folder.of('env'), 'utf8');
  expect(env).toMatch(/^HELM_NO_PLUGINS=1$/m);
  expect(env).toMatch(/^KUBECONFIG=\/dev\/null$/m);
  expect(env).not.toContain('secret');
});

test('a chart that is named by a relative path is not taken for one of a repository', async () => {
  const env = standIn(`echo "$3" > ${folder.of('chart')}`);
  const near = relative(process.cwd(), folder.of('shop'));
  await runInProcess(['scan', '--manifests', near, '--target', '1.36', '--render'], { env });
  expect(readFileSync(folder.of('chart'), 'utf8')).toBe(`${folder.of('shop')}\n`);
});

test.each([
  [
    'fails',
    'echo "WARNING: x" >&2; echo "Error: chart requires kubeVersion: <1.25" >&2; exit 1',
    'chart requires kubeVersion: <1.25',
  ],
  ['fails without a word', 'exit 7', 'it ended with 7'],
  ['dies', 'kill -9 $$', 'it ended with SIGKILL'],
  ['writes without end', 'while :; do cat /bin/sh; done', 'it is larger than 64 MiB; split it'],
])('a helm that %s leaves a gap that says so, and what the templates tell without it', async (_, script, why) => {
  const { report, code } = await scanned(script);
  // The plain file of the chart is read unchanged.
  expect([code, shown(report)]).toEqual([
    3,
    [
      'error plain F/shop/templates/plain.yaml:1',
      'warning null F/shop/charts/cache/templates/budget.yaml:1',
      'warning null F/shop/templates/budget.yaml:3',
    ],
  ]);
  expect(gapsOf(report)).toContain(
    `error chart F/shop: helm template did not render it: ${why}. Try it: helm template liftlock F/shop --kube-version 1.37`,
  );
});

test('what helm renders and nobody can read is a gap', async () => {
  const { report } = await scanned(`printf -- '---\\n# Source: web/templates/budget.yaml\\nkind: [\\n'`);
  expect(gapsOf(report)).toEqual([
    expect.stringMatching(/^error F\/shop\/templates\/budget\.yaml, rendered: This document was not read/),
  ]);
});

test('a helm that never ends is ended', async () => {
  const io = { env: standIn('exec sleep 60'), interrupted: new AbortController().signal } as unknown as Io;
  const render = chartRenderer(io, { helm: folder.of('bin/helm'), kubeVersion: '1.36', seconds: 0.2 });
  expect(await render(folder.of('shop'))).toEqual({
    problem: expect.stringContaining('it took longer than 0.2 seconds'),
  });
});

test('without helm, and without files, it is refused with what to do', async () => {
  const argv = ['scan', '--target', '1.36', '--render'];
  const env = { PATH: `${folder.path}:${folder.of('shop')}` };
  expect(await runInProcess([...argv, '--manifests', folder.of('shop')], { env })).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /--render needs helm, and there is none on PATH\. Install it .*, or render where it is: helm template/,
    ),
  });
  expect(await runInProcess([...argv, '--kubeconfig', 'x'], { env: standIn('exit 0') })).toMatchObject({
    code: 2,
    err: expect.stringContaining('--render is about charts in files: say it with --manifests.'),
  });
});
