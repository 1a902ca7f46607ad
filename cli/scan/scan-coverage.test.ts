import { symlinkSync } from 'node:fs';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { budget, reportOf, type ScanFolder, scan, scanFolder } from '../../test/material/cli/scan-folder.ts';

let folder: ScanFolder;
beforeEach(() => {
  folder = scanFolder();
});
afterEach(() => folder.remove());

const gapsOf = async (path: string, ...more: readonly string[]): Promise<string[]> =>
  (await reportOf(['--manifests', path, '--target', '1.36', ...more])).coverage
    .filter(({ status }) => status !== 'read' && status !== 'skipped')
    .map(
      ({ what, status, detail }) =>
        `${status} ${what.replace(folder.path, 'F')}: ${detail.replaceAll(folder.path, 'F')}`,
    );

test('a folder without manifests is incomplete, not clean', async () => {
  expect(await gapsOf(folder.path)).toEqual(['error F: There is no YAML or JSON file in it.']);
  folder.write({ 'values.yaml': 'replicas: 2\n' });
  expect(await gapsOf(folder.path)).toEqual(['error F: No Kubernetes object was found in it. Is this what was meant?']);
  expect((await scan('--manifests', folder.path, '--target', '1.36')).code).toBe(4);
});

test('so is an empty standard input: the command before the pipe may have failed', async () => {
  for (const stdin of ['', '\n\n', '---\n# nothing\n'])
    expect((await runInProcess(['scan', '--manifests', '-', '--target', '1.36'], { stdin })).code).toBe(4);
});

test('each path that is named has to yield something, also beside others', async () => {
  folder.write({ 'a.yaml': budget('a', 'policy/v1'), 'empty.yaml': '---\n', 'values.yaml': 'replicas: 2\n' });
  const [good, empty, values] = ['a.yaml', 'empty.yaml', 'values.yaml'].map((name) => folder.of(name));
  const other = scanFolder();
  try {
    const scanned = (paths: readonly (string | undefined)[], stdin = '') => {
      const named = paths.flatMap((path) => path ?? []);
      return runInProcess(['scan', '--target', '1.36', '--manifests', ...named], { stdin });
    };
    for (const paths of [
      ['-', good],
      [good, empty],
      [good, other.path],
    ]) {
      const { code, out } = await scanned(paths);
      const [named] = paths.flatMap((path) => (path === good ? [] : [path === '-' ? 'standard input' : path]));
      expect([code, out]).toEqual([4, expect.stringContaining(`  ${named}: `)]);
    }
    // An asterisk of a shell also names files beside manifests.
    expect((await scanned([good, values])).code).toBe(0);
    expect((await scanned([values])).code).toBe(4);
    expect((await scanned(['-', good], budget('b', 'policy/v1'))).code).toBe(0);
  } finally {
    other.remove();
  }
});

test('a document that cannot be parsed costs itself, and is named with its line', async () => {
  folder.write({ 'a.yaml': `${budget('one', 'policy/v1')}---\nkind: [\n---\n${budget('two')}` });
  const report = await reportOf(['--manifests', folder.path, '--target', '1.24']);
  expect(report).toMatchObject({ verdict: 'incomplete', summary: { warnings: 1, read: 2, gaps: 1 } });
  expect((await gapsOf(folder.path))[0]).toMatch(/^error F\/a\.yaml:\d+: This document was not read: /);
});

test('a chart says how to render it, and its plain files are scanned', async () => {
  folder.write({
    'shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'shop/values.yaml': 'replicas: 2\n',
    'shop/templates/_names.yaml': '{{ define "x" }}{{ end }}',
    'shop/templates/service.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n',
    'shop/crds/budget.yaml': budget('plain', 'policy/v1'),
  });
  expect(await gapsOf(folder.path)).toEqual([
    'not-rendered chart F/shop: 2 of its templates were not rendered: say --render, or pipe them: helm template F/shop | liftlock scan --manifests -',
  ]);
  const skipped = await scan('--manifests', folder.path, '--target', '1.36', '--skip', 'not-rendered');
  expect(skipped.code).toBe(0);
});

test('a chart that installs others which are not beside it is a gap, whether it has templates or not', async () => {
  const needs = (name: string, repository = 'https://charts.example') =>
    `  - {name: ${name}, version: 1.0.0, repository: "${repository}"}\n`;
  const chart = (name: string, dependencies: string) =>
    `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${dependencies === '' ? '' : `dependencies:\n${dependencies}`}`;
  folder.write({
    'a.yaml': budget('a', 'policy/v1'),
    'shop/Chart.yaml': chart('shop', needs('cache') + needs('queue') + needs('own', 'file://../own') + needs('far')),
    'shop/charts/cache/Chart.yaml': chart('cache', ''),
    'shop/charts/queue-1.0.0.tgz': '',
    'own/Chart.yaml': chart('own', ''),
    'old/Chart.yaml': 'apiVersion: v1\nname: old\nversion: 1.0.0\n',
    'old/requirements.yaml': `dependencies:\n${needs('base')}`,
  });
  const piped = (name: string) =>
    `helm dependency build F/${name} && helm template F/${name} | liftlock scan --manifests -`;
  expect(await gapsOf(folder.path)).toEqual([
    `not-rendered charts that F/old depends on: It installs base too, whose templates were not read: say --render, or pipe them: ${piped('old')}`,
    `not-rendered charts that F/shop depends on: It installs queue, far too, whose templates were not read: say --render, or pipe them: ${piped('shop')}`,
  ]);
});

test('the name of a folder is one word of the commands that are to be pasted, whatever is in it', async () => {
  folder.write({
    'a; touch x #/Chart.yaml': `apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies:\n  - {name: b, version: 1.0.0}\n`,
    'a; touch x #/templates/budget.yaml': budget('{{ .Release.Name }}', 'policy/v1'),
  });
  const commands = (await gapsOf(folder.path)).map((line) => line.replace(/^.* pipe them: /, ''));
  const scan = `helm template 'F/a; touch x #' | liftlock scan --manifests -`;
  expect(commands).toEqual([scan, `helm dependency build 'F/a; touch x #' && ${scan}`]);
});

test('what a template names as it is stands beside the gap, and goes with it', async () => {
  folder.write({
    'shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'shop/templates/budget.yaml': `{{ if .Values.budget }}\n${budget('{{ .Release.Name }}')}{{ end }}\n`,
  });
  const argv = ['--manifests', folder.path, '--target', '1.36'];
  const report = await reportOf(argv);
  expect(report).toMatchObject({ verdict: 'incomplete', summary: { errors: 0, warnings: 1, gaps: 1 } });
  expect(report.findings[0]).toMatchObject({
    message: expect.stringMatching(/^Provisional, /),
    location: { file: folder.of('shop/templates/budget.yaml'), line: 2 },
  });
  expect(await reportOf([...argv, '--skip', 'not-rendered'])).toMatchObject({ verdict: 'pass', findings: [] });
});

test('a template outside of a chart is told from a broken file', async () => {
  folder.write({
    'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ include "name" . }}\n',
    'b.yaml': budget('b', '"{{ api }}"'),
  });
  const gaps = await gapsOf(folder.path);
  expect(gaps.map((gap) => gap.slice(0, 24))).toEqual(['not-rendered F/a.yaml:1:', 'not-rendered F/b.yaml:1:']);
});

test('links to files are read, links to folders are not followed, links to nowhere are gaps', async () => {
  folder.write({ 'real/budget.yaml': budget('linked') });
  const into = scanFolder();
  try {
    symlinkSync(folder.of('real/budget.yaml'), into.of('budget.yaml'));
    symlinkSync(into.path, into.of('circle.yaml'));
    symlinkSync('/nonexistent', into.of('gone.yaml'));
    const report = await reportOf(['--manifests', into.path, '--target', '1.36']);
    expect(report.findings.map(({ name }) => name)).toEqual(['linked']);
    expect(report.coverage[0]).toMatchObject({
      what: into.of('gone.yaml'),
      detail: expect.stringContaining('leads nowhere'),
    });
    expect(report.summary.gaps).toBe(1);
  } finally {
    into.remove();
  }
});

test('folders of others are left out, and files of any name are read when they are named', async () => {
  folder.write({ 'node_modules/a/b.yaml': budget(), '.git/c.yaml': budget(), 'manifest.txt': budget('text') });
  expect(await gapsOf(folder.path)).toEqual(['error F: There is no YAML or JSON file in it.']);
  const report = await reportOf(['--manifests', folder.of('manifest.txt'), '--target', '1.36']);
  expect(report.findings.map(({ name }) => name)).toEqual(['text']);
});

test.each([
  ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${budget()}`, 'utf16le')],
  ['UTF-16, the other way round', Buffer.from(`\ufeff${budget()}`, 'utf16le').swap16()],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${budget()}`)],
])('%s is read', async (_, bytes) => {
  folder.write({ 'a.yaml': bytes });
  expect((await reportOf(['--manifests', folder.path, '--target', '1.36'])).summary.errors).toBe(1);
});

test('Latin-1 is a gap at its first byte, whatever else is in the file, and none in files that hold no manifest', async () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  folder.write({ 'a.yaml': latin(`${budget()}  labels:\n    o: caf\u00e9\n`), 'values.yaml': latin('o: caf\u00e9\n') });
  expect(await gapsOf(folder.path)).toEqual([
    'error F/a.yaml:7:11: It was not read: a byte there is not UTF-8, and kubectl takes nothing else. Convert it: iconv -f ISO-8859-1 -t UTF-8.',
  ]);
  folder.write({ 'a.yaml': `${budget('\u{1f600}\ufffd', 'policy/v1')}` });
  expect(await gapsOf(folder.path)).toEqual([]);
});

test('standard input is named as such', async () => {
  const stdin = `---\n# Source: shop/templates/budget.yaml\n${budget()}---\nkind: [\n`;
  const { code, out } = await runInProcess(['scan', '--manifests', '-', '--target', '1.36'], { stdin });
  expect(code).toBe(3);
  expect(out).toContain('file:shop/templates/budget.yaml');
  expect(out).toContain('<stdin>:3:1');
  expect(out).toContain('fix: Set apiVersion: policy/v1 in shop/templates/budget.yaml.');
  expect(out).toMatch(/^ {2}<stdin>:\d+: This document was not read/m);
});
