import type { Mutation } from './mutation.ts';
import { objection, outcomeOf, resultsOf } from './outcome.ts';

const mutation: Mutation = {
  id: 'permission liftlock-api dynamodb:PutItem Items',
  kind: 'permission',
  named: ['liftlock-api', 'dynamodb:PutItem'],
  apply: (assembly) => assembly,
};
const verdict = (...causes: string[]) => ({ id: mutation.id, killed: causes.length > 0, causes, seconds: 1 });
const expected = [{ id: /PutItem Items$/, reason: 'nobody puts anything' }];

test('a mutation that a cause names is as it should be', () => {
  expect(objection(outcomeOf(mutation, verdict('liftlock-api is missing dynamodb:PutItem'), []))).toBeUndefined();
});

test('a cause names it in whatever case: SQS writes its actions in lower case', () => {
  expect(objection(outcomeOf(mutation, verdict('liftlock-api is missing dynamodb:putitem'), []))).toBeUndefined();
});

test('a mutation that only fails something is not', () => {
  const other = outcomeOf(mutation, verdict('first-dev is at 1.36', 'liftlock-api is missing dynamodb:GetItem'), []);
  expect(objection(other)).toContain('no cause names liftlock-api and dynamodb:PutItem');
});

test('a route is named by a path that goes its way, and by no other', () => {
  const route: Mutation = { ...mutation, kind: 'route', named: ['POST /v1/rollouts/{id}/pause'] };
  const told = (cause: string) => objection(outcomeOf(route, verdict(cause), []));
  expect(told('POST /v1/rollouts/dev-1-37/pause answered 404')).toBeUndefined();
  expect(told('nothing went this way any more: POST /v1/rollouts/{id}/pause')).toBeUndefined();
  expect(told('POST /v1/rollouts/dev-1-37/pause/now answered 404')).toContain('no cause names');
  expect(told('POST /v1/rollouts/a/b/pause answered 404')).toContain('no cause names');
});

test('a survivor has to be expected, and who is expected to survive has to', () => {
  expect(objection(outcomeOf(mutation, verdict(), []))).toBe('survived');
  expect(objection(outcomeOf(mutation, verdict(), expected))).toBeUndefined();
  expect(objection(outcomeOf(mutation, verdict('liftlock-api'), expected))).toContain('take it out of the table');
});

test('a run that hung is killed and listed apart', () => {
  const hung = outcomeOf(mutation, { ...verdict('did not end'), didNotEnd: true }, []);
  expect(objection(hung)).toBeUndefined();
  expect(resultsOf([hung]).didNotEnd).toEqual([{ id: mutation.id }]);
  expect(resultsOf([hung]).totals[0]).toEqual({ kind: 'permission', mutations: 1, killed: 1, survived: 0 });
});

test('results tell survivors with their reasons, and no times', () => {
  const results = resultsOf([outcomeOf(mutation, verdict(), expected)]);
  expect(results.survivors).toEqual([{ id: mutation.id, reason: 'nobody puts anything' }]);
  expect(JSON.stringify(results)).not.toContain('seconds');
});
