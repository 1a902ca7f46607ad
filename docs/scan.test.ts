import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readYaml } from '../core/config/read-yaml.ts';
import { REASONS } from '../core/contracts/scan-words.ts';
import { parseKindLists } from '../core/scan/listed/parse-kind-lists.ts';
import { FULL_KINDS } from '../core/scan/live/unit-discovery.ts';
import { parseWaivers } from '../core/scan/report/parse-waivers.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the waiver of docs/scan.md is a waiver', () => {
  const [, text = ''] = /```yaml\n([^`]*kind: ScanWaiver\n[\s\S]*?)```/.exec(read('scan.md')) ?? [];
  const { waivers, errors } = parseWaivers([{ path: 'scan.md', text }], { now: new Date('2026-11-20T08:00:00Z') });
  expect(errors).toEqual([]);
  expect(waivers.map(({ end }) => end.toISOString())).toEqual(['2027-01-01T00:00:00.000Z']);
});

test('the list of docs/scan.md is a list', () => {
  const [, text = ''] = /```yaml\n([^`]*kind: KindList\n[\s\S]*?)```/.exec(read('scan.md')) ?? [];
  const { lists, errors } = parseKindLists([{ path: 'scan.md', text }]);
  expect(errors).toEqual([]);
  expect(lists.map(({ spec }) => spec.kinds.length)).toEqual([1]);
});

test('the workflow of examples/ci is YAML without faults', () => {
  const path = '../examples/ci/github-actions.yaml';
  const { documents, issues } = readYaml({ path, text: read(path) });
  expect(issues).toEqual([]);
  expect(documents).toHaveLength(1);
});

test('the kinds that are read whole are those of the code', () => {
  const [, section = ''] = /<!-- full kinds -->([\s\S]*?)\n\n[^|]/.exec(read('scan.md')) ?? [];
  const listed = section.split('\n').flatMap((line) => {
    const [, source, kinds = ''] = /^\| `([a-z]+)` *\| (.*) \|$/.exec(line) ?? [];
    return [...kinds.matchAll(/`([^`]+)`/g)].map(([, kind]) => `${source} ${kind}`);
  });
  const wanted = Object.entries(FULL_KINDS).flatMap(([key, sources]) => {
    const [group, resource] = key.split('/');
    return sources.map((source) => `${source} ${resource}${group === '' ? '' : `.${group}`}`);
  });
  expect(listed.sort()).toEqual(wanted.sort());
});

test('the runbook says what to do about every reason and every gap', () => {
  const [, section = ''] = read('runbook.md').split('## What to do about a scan');
  for (const reason of Object.keys(REASONS)) expect(section).toContain(`\n| \`${reason}\` `);
  for (const status of ['denied', 'error', 'not-rendered']) expect(section).toContain(`\n| \`${status}\` `);
});

test('the example of the README is what a scan prints', () => {
  const { out, code } = spawnScan();
  expect(code).toBe(3);
  expect(read('../README.md')).toContain(`\n\`\`\`text\n${out}\`\`\`\n`);
});

function spawnScan(): { out: string; code: number | null } {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const argv = ['scan', '--manifests', 'examples/scan', '--target', '1.36'];
  const { stdout, status } = spawnSync('bin/liftlock', argv, { cwd: root, encoding: 'utf8' });
  return { out: stdout, code: status };
}
