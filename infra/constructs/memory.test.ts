import { FUNCTION_NEEDS } from '../../core/contracts/function-needs.ts';
import { FUNCTION_NAMES } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { resourcesOf } from '../../test/material/infra/template.ts';

const megabytes = new Map(
  resourcesOf(synthesize().hub, 'AWS::Lambda::Function').map(({ Properties }) => [
    Properties.FunctionName,
    Properties.MemorySize as number,
  ]),
);
/** By the index `kind` a function reads the records of all clusters; 10,000 of them take up to 530 MB. */
const readers = FUNCTION_NAMES.filter((name) => FUNCTION_NEEDS[name].indexes?.includes('kind'));

test('functions that read the whole fleet are known', () => {
  expect(readers).toEqual(['discover-clusters', 'refresh-readiness', 'reconcile-rollouts', 'api']);
});

test.each(readers)('%s has memory for the records of 10,000 clusters', (name) => {
  expect(megabytes.get(`liftlock-${name}`)).toBeGreaterThanOrEqual(1024);
});

test('a drain has as much as a smoke check, since both read the pods of a large cluster', () => {
  expect(megabytes.get('liftlock-drain-nodes')).toBe(megabytes.get('liftlock-smoke-check'));
});

test.each(['api', 'refresh-readiness'])(
  '%s has a whole CPU, since what it reckons from the records has to end in time',
  (name) => {
    expect(megabytes.get(`liftlock-${name}`)).toBeGreaterThanOrEqual(1769);
  },
);
