import { readFileSync } from 'node:fs';
import { readYaml } from '../core/config/read-yaml.ts';
import { parseWaivers } from '../core/scan/report/parse-waivers.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the waiver of docs/scan.md is a waiver', () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(read('scan.md')) ?? [];
  const { waivers, errors } = parseWaivers([{ path: 'scan.md', text }], { now: new Date('2026-11-20T08:00:00Z') });
  expect(errors).toEqual([]);
  expect(waivers.map(({ end }) => end.toISOString())).toEqual(['2027-01-01T00:00:00.000Z']);
});

test('the workflow of examples/ci is YAML without faults', () => {
  const path = '../examples/ci/github-actions.yaml';
  const { documents, issues } = readYaml({ path, text: read(path) });
  expect(issues).toEqual([]);
  expect(documents).toHaveLength(1);
});
