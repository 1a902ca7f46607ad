import { FUNCTION_PLACES, functionOf, type StartFunction } from '../../../test/material/cloud/function-places.ts';
import {
  goodToken,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';
import type { ApiFault } from '../../kubernetes/faults/api-fault.ts';
import { bytesOf } from '../../wire/wire-options.ts';
import type { ProcessSetup } from './function-process.ts';

/** Requests like the reader of clusters, and returns the result, also of an answer that broke off. */
const READER = `
import { hash } from 'node:crypto';
import https from 'node:https';
// Numbers of versions are of one server. Whole texts would fill pages where they differ.
const brief = (text) => [text.length, text.slice(0, 30), hash('sha256', text.replaceAll(/[0-9]{13}/g, 'version'))];
const once = ({ address, token, options }) => new Promise((resolve) => {
  const given = { headers: { authorization: 'Bearer ' + token }, timeout: 300, ...options };
  const request = https.get(address, given);
  const fail = ({ code, message }) => resolve({ code, message });
  request.on('timeout', () => request.destroy(new Error('late')));
  request.on('error', fail);
  request.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
    response.on('aborted', () => resolve({ status: response.statusCode, text: brief(text), aborted: true }));
    response.on('error', fail);
    response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], text: brief(text) }));
  });
});
export const handler = async (asked) => {
  const answers = [];
  for (const one of asked) answers.push(await once(one));
  return answers;
};`;

const read = functionOf(READER);
const servers: ServerUnderTest[] = [];
afterAll(async () => {
  for (const under of servers) await under.close();
});

interface Asked {
  readonly path: string;
  readonly token?: string;
  readonly faults?: readonly ApiFault[];
  readonly options?: object;
}

/** A function's answers from its own server, and how many of its requests went as messages. */
async function answersTo(asked: readonly Asked[], start: StartFunction, isByMessage: boolean) {
  const under = await startServerUnderTest();
  servers.push(under);
  under.cluster.kubernetes.faults = asked.flatMap(({ faults = [] }) => structuredClone(faults));
  const { server, certificateAuthority } = under;
  let messages = 0;
  const setup: Omit<ProcessSetup, 'module' | 'handler'> = {
    variables: {},
    now: new SharedArrayBuffer(8),
    ...(isByMessage && { kubernetes: { origin: `https://127.0.0.1:${server.port}`, certificateAuthority } }),
    answer: ({ body, ...request }) => {
      messages += 1;
      return server.answer({ ...request, body: bytesOf(body) });
    },
  };
  const event = asked.map(({ path, token = goodToken, options }) => ({
    address: `${under.apiServer().endpoint}${path}`,
    token,
    options: { ca: certificateAuthority, ...options },
  }));
  const answers = (await read(start, setup, event)) as Record<string, unknown>[];
  return { answers, messages };
}

const ANSWERED: readonly Asked[] = [
  { path: '/version' },
  { path: '/api/v1/pods?labelSelector=app%3Dapi' },
  { path: '/api/v1/namespaces/none/pods/none' },
  { path: '/metrics' },
  { path: '/version', token: 'nobody' },
  { path: '/api/v1/nodes', faults: [{ kind: 'connection-reset', on: 'nodes', times: 1, when: 'during-body' }] },
  { path: '/readyz', faults: [{ kind: 'connection-reset', on: '/readyz', times: 1, when: 'before-answer' }] },
  { path: '/apis', faults: [{ kind: 'delay', on: '/apis', times: 1, milliseconds: 600 }] },
];

test.each(FUNCTION_PLACES)(
  'what a function asks of an API server by message %s is answered as by TLS',
  async (_, start) => {
    const byTls = await answersTo(ANSWERED, start, false);
    const byMessage = await answersTo(ANSWERED, start, true);
    expect(byTls.messages).toBe(0);
    expect(byMessage.messages).toBe(ANSWERED.length);
    expect(byMessage.answers).toEqual(byTls.answers);
    expect(byTls.answers.map(({ status, code, message }) => status ?? code ?? message)).toEqual([
      ...[200, 200, 404, 200, 401, 200],
      'ECONNRESET',
      'late',
    ]);
    expect(byTls.answers[5]).toMatchObject({
      aborted: true,
      text: [expect.any(Number), expect.stringMatching(/"NodeList"/), expect.anything()],
    });
  },
);

test.each(FUNCTION_PLACES)(
  'a function %s that does not trust the server for its authority has a connection',
  async (_, start) => {
    const asked: Asked[] = [
      { path: '/version', options: { ca: undefined } },
      { path: '/version', options: { servername: 'elsewhere' } },
      { path: '/version', options: { rejectUnauthorized: false } },
    ];
    const { answers, messages } = await answersTo(asked, start, true);
    expect(messages).toBe(0);
    expect(answers.map(({ status, code }) => status ?? code)).toEqual([
      expect.stringMatching(/CERT|VERIFY/),
      expect.stringMatching(/ALTNAME/),
      200,
    ]);
  },
);
