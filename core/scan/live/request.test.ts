import { type Said, scriptedReader, unreachable } from '../../../test/material/scan/scripted-reader.ts';
import { ClusterAccessError } from '../../ports/cluster-access.ts';
import { ask, deadOf } from './request.ts';

async function asked(...said: Said[]) {
  const { reader, asked: requests } = scriptedReader({ '/x': said });
  const waited: number[] = [];
  const wait = async (seconds: number) => {
    waited.push(seconds);
  };
  return { answer: await ask(reader, { path: '/x' }, { wait }), waited, requests: requests.length };
}

const throttled = (retryAfterSeconds?: number): Said =>
  retryAfterSeconds === undefined ? { status: 429 } : { status: 429, retryAfterSeconds };
const forbidden = { status: 403, text: JSON.stringify({ kind: 'Status', message: 'pods is forbidden' }) };

test.each<[string, Said[], object]>([
  ['an answer', ['{}'], { answer: { status: 'ok', text: '{}' }, waited: [], requests: 1 }],
  [
    '403 at once',
    [forbidden],
    { answer: { status: 'denied', why: 'the API server answered 403: pods is forbidden' }, requests: 1 },
  ],
  ['401 is the end', [{ status: 401 }], { answer: { status: 'failed', fatal: true }, requests: 1 }],
  ['404', [{ status: 404 }], { answer: { status: 'missing' }, requests: 1 }],
  ['410', [{ status: 410 }], { answer: { status: 'expired' }, requests: 1 }],
  ['302', [{ status: 302 }], { answer: { status: 'failed' }, requests: 1 }],
  ['204, which is no answer', [{ status: 204 }], { answer: { status: 'failed' }, requests: 1 }],
  ['429 as long as it says', [throttled(7), throttled(60), '{}'], { answer: { status: 'ok' }, waited: [7, 60] }],
  ['429 of 0 seconds', [throttled(0), '{}'], { waited: [1] }],
  ['429 that does not say', [throttled(), throttled(), throttled(), '{}'], { waited: [2, 4, 8] }],
  ['429 for an hour', [throttled(3_600)], { answer: { status: 'failed' }, waited: [], requests: 1 }],
  ['429 for ever', [throttled(1)], { answer: { status: 'failed' }, requests: 8 }],
  ['503 once', [{ status: 503, retryAfterSeconds: 5 }, '{}'], { answer: { status: 'ok' }, waited: [5] }],
  ['500 three times', [{ status: 500 }], { answer: { status: 'failed' }, requests: 3 }],
  ['a broken connection', [unreachable, '{}'], { answer: { status: 'ok' }, requests: 2 }],
  ['nobody there', [unreachable], { answer: { status: 'failed', fatal: true }, requests: 3 }],
  [
    'credentials that cannot be had',
    [new ClusterAccessError('ClusterUnauthorized', 'The program failed.')],
    { answer: { status: 'failed', why: 'The program failed', fatal: true }, requests: 1 },
  ],
  [
    'an answer that is too long is so the next time too',
    [new ClusterAccessError('ClusterServerFault', 'too long')],
    { answer: { status: 'failed', tooLong: true }, requests: 1 },
  ],
])('%s', async (_name, said, expected) => {
  expect(await asked(...said)).toMatchObject(expected);
});

test('only what nobody can get over ends a scan', async () => {
  expect(deadOf((await asked(unreachable)).answer)).toEqual({ dead: 'connect ECONNREFUSED' });
  expect(deadOf((await asked({ status: 500 })).answer)).toEqual({});
  expect(deadOf((await asked(forbidden)).answer)).toEqual({});
});

test('of a body that is no answer only its message comes out', async () => {
  const { answer } = await asked({ status: 418, text: '<html>session=secret</html>' });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test('an error of our own is not taken for one of the cluster', async () => {
  await expect(asked(new TypeError('a bug'))).rejects.toThrow('a bug');
});
