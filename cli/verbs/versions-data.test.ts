import { tables } from '../../core/scan/data/tables.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';

const { updatedOn, newestMinor, oldestMinor, basis } = tables.coverage;
const after = (days: number) => new Date(Date.parse(updatedOn) + days * 24 * 60 * 60 * 1000);

test('it says how old the tables are, how far they reach and what they rest on, without any API', async () => {
  const { code, out, err } = await runInProcess(['versions', 'data'], { now: after(3) });
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`${updatedOn}, 3 days ago`);
  expect(out).toContain(`Kubernetes ${oldestMinor} to ${newestMinor}`);
  expect(out).toContain(basis);
  expect(out).toMatch(new RegExp(`^ +${tables.apis.length}  versions of APIs`, 'm'));
  expect(out).toMatch(new RegExp(`^ +${tables.controllers.length}  controllers`, 'm'));
  expect(out).not.toContain('Update Liftlock');
});

test('tables that a release has likely outdated say so', async () => {
  const { out } = await runInProcess(['versions', 'data'], { now: after(121) });
  expect(out).toContain('Update Liftlock');
});

test('as JSON it has every number and every source', async () => {
  const { code, out } = await runInProcess(['versions', 'data', '-o', 'json'], { now: after(1) });
  expect(code).toBe(0);
  const document = JSON.parse(out) as { sources: unknown[]; counts: Readonly<Record<string, number>> };
  expect(document).toMatchObject({ updatedOn, ageInDays: 1, oldestMinor, newestMinor, basis });
  expect(document.counts.apis).toBe(tables.apis.length);
  expect(document.sources).toHaveLength(tables.sources.length);
  expect(document.sources[0]).toEqual({
    id: expect.any(String),
    title: expect.any(String),
    url: expect.stringMatching(/^https:/),
    readOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  });
});

test('as YAML it is the same document', async () => {
  const { out } = await runInProcess(['versions', 'data', '-o', 'yaml']);
  expect(out).toContain(`newestMinor: "${newestMinor}"`);
});
