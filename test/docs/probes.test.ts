import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { parseConfig } from '../../core/config/parse-config.ts';
import { scenarioSchema } from '../../simulator/fleet/scenario-schema.ts';

const page = await readFile(new URL('../../docs/probes.md', import.meta.url), 'utf8');
const partsOf = (what: string) =>
  [...page.matchAll(/^```yaml\n(.*?)^```/gms)].flatMap(([, text = '']) =>
    text.includes(`of the spec of ${what}.`) ? [parse(text) as object] : [],
  );
const document = (kind: string, spec: object) => ({
  ...{ apiVersion: 'liftlock/v1alpha1', kind, metadata: { name: 'page' }, spec },
});

test('what the page writes into policies is accepted', () => {
  const parts = partsOf('an UpgradePolicy');
  expect(parts.length).toBeGreaterThan(0);
  for (const part of parts) {
    const text = JSON.stringify(
      document('UpgradePolicy', { selector: {}, target: 'latest', waves: [{ name: 'all' }], ...part }),
    );
    expect(parseConfig([{ path: 'probes.md', text }], { now: new Date('2026-11-20') }).errors).toEqual([]);
  }
});

test('what the page writes into scenarios is accepted', () => {
  const parts = partsOf('a Scenario');
  expect(parts.length).toBeGreaterThan(0);
  for (const part of parts) expect(scenarioSchema.safeParse(document('Scenario', part)).error).toBeUndefined();
});
