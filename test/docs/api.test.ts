import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { STATUS } from '../../functions/api/http-error.ts';
import * as queries from '../../functions/api/request-query.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/api.md');

test('docs/api.md lists every state of a cluster, and none that is not there', () => {
  const [, union = ''] =
    /export type ClusterState =\n([\s\S]+?');\n/.exec(read('core/queries/cluster-summary.ts')) ?? [];
  const states = [...union.matchAll(/\| '(\w+)'/g)].map(([, state]) => state);
  expect(states).toContain('RollingBack');
  const [, table = ''] = page.split('`state` is one of:');
  const listed = [...(table.split('## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, state]) => state);
  expect(listed.toSorted()).toEqual(states.toSorted());
});

/** What several changes at once end with is told as `Conflict`. */
const TOLD_AS: Readonly<Record<string, string>> = { ConditionFailed: 'Conflict', TransactionConflict: 'Conflict' };

test.each(Object.entries(STATUS))('docs/api.md lists the error %s with its status', (name, status) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${status} `)) ?? '';
  expect(row).toContain(`\`${TOLD_AS[name] ?? name}\``);
});

/** What a route takes and the page does not name nobody uses who has the page alone. */
test('docs/api.md names every query parameter', () => {
  const parameters = Object.values(queries).flatMap((query) =>
    query instanceof z.ZodObject ? Object.keys(query.shape) : [],
  );
  expect(parameters).toContain('tier');
  const columns = page.split('\n').flatMap((line) => (/^\| `(?:GET|POST|PUT) /.test(line) ? [line.split('|')[2]] : []));
  expect(parameters.filter((name) => !columns.some((column) => column?.includes(`\`${name}\``)))).toEqual([]);
});
