import { readQueryAnswer } from './query-answer.ts';

const series = (...values: readonly [number, string][]) => ({ metric: {}, values });
const body = (result: readonly object[], more: object = {}) =>
  JSON.stringify({ status: 'success', ...more, data: { resultType: 'matrix', result } });
const at = Date.parse('2026-11-20T12:00:00Z') / 1_000;

test('a value at an instant counts the minute before it', () => {
  const minutes = readQueryAnswer(200, body([series([at + 60, '3000'], [at + 120, '2999.5'])]));
  expect(minutes).toEqual([
    { at: new Date('2026-11-20T12:00:00Z'), value: 3_000 },
    { at: new Date('2026-11-20T12:01:00Z'), value: 2_999.5 },
  ]);
});

test('values that are no numbers are minutes without one, and no series has none', () => {
  const values = series([at, 'NaN'], [at + 60, '+Inf'], [at + 120, '-Inf'], [at + 180, '0']);
  expect(readQueryAnswer(200, body([values])).map(({ value }) => value)).toEqual([0]);
  expect(readQueryAnswer(200, body([]))).toEqual([]);
});

test.each<[string, number, string, string, RegExp]>([
  ['several series', 200, body([series(), series()]), 'QueryRefused', /gives 2 series.*put sum\(…\) around it/],
  [
    'a vector',
    200,
    '{"status":"success","data":{"resultType":"vector","result":[]}}',
    'QueryRefused',
    /none of the Prom/,
  ],
  ['a page', 200, '<html>', 'QueryRefused', /none of the Prometheus API/],
  [
    'a query that does not parse',
    400,
    '{"status":"error","errorType":"bad_data","error":"invalid parameter \\"query\\": 1:5: parse error"}',
    'QueryRefused',
    /HTTP status 400: invalid parameter "query": 1:5: parse error\./,
  ],
  ['no leave', 403, 'no', 'QueryRefused', /HTTP status 403\./],
  ['a redirect', 302, '', 'QueryRefused', /HTTP status 302\./],
  ['too many questions', 429, '', 'IncompleteAnswer', /HTTP status 429\./],
  ['a timeout', 503, '{"status":"error","error":"query timed out"}', 'IncompleteAnswer', /503: query timed out\./],
  [
    'a partial answer',
    200,
    body([series([at, '1'])], { warnings: ['store is down'] }),
    'IncompleteAnswer',
    /store is d/,
  ],
])('%s is an error that says whether asking again is of use', (_, status, text, name, message) => {
  expect(() => readQueryAnswer(status, text)).toThrow(
    expect.objectContaining({ name, message: expect.stringMatching(message) }),
  );
});

test('what was sent in confidence is not repeated', () => {
  const told = JSON.stringify({ status: 'error', error: 'token hunter22 is unknown' });
  expect(() => readQueryAnswer(401, told, ['hunter22'])).toThrow('401: token [not shown] is unknown.');
});
