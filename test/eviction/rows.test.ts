import { evictionRows } from './rows.ts';

test('every row is a sentence of its own, and says where it comes from', () => {
  expect(new Set(evictionRows.map(({ row }) => row)).size).toBe(evictionRows.length);
  for (const { upstream } of evictionRows) expect(upstream).toMatch(/^(pkg\/\S+\.go|nodes\.md §1\.\d|docs) \S/);
});

test('every eviction is of a pod of its row, but where it is answered with 404', () => {
  for (const { objects, evict, expect: expected, afterwards = [] } of evictionRows) {
    const names = objects.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name);
    for (const each of [{ evict, expect: expected }, ...afterwards])
      if (each.expect.code !== 404) expect(names).toContain(each.evict.name);
  }
});
