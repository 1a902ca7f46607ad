import { text } from 'node:stream/consumers';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { EVENT_EXAMPLES } from '../../core/contracts/event-examples.ts';
import { type HttpsAnswers, startHttpsAnswers } from '../../test/contract/https-answers.ts';
import { signature } from './gates/webhook-gate.ts';
import { createOwnerAddresses } from './owner-addresses.ts';

const host = 'news.internal';
const at = new Date('2026-11-20T08:00:00Z');
const secret = Buffer.from('it is a secret');
const topic = 'arn:aws:sns:eu-central-1:111111111111:payments';
const arn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/news-AbCdEf';
const news = { type: 'OwnerNews', detail: EVENT_EXAMPLES.OwnerNews.detail } as const;
const sns = mockClient(SNSClient);
let server: HttpsAnswers;

beforeAll(async () => {
  server = await startHttpsAnswers(host);
});
afterAll(async () => {
  sns.restore();
  await server.close();
});
beforeEach(() => {
  sns.reset();
  server.requests.length = 0;
  server.respond = (response) => response.end('{"anything":"it is a secret"}');
});

const send = (address: Parameters<ReturnType<typeof createOwnerAddresses>['send']>[0], allowed = [host]) =>
  createOwnerAddresses({
    secrets: { valueOf: async () => secret },
    clock: { now: () => at },
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    timeoutMilliseconds: 500,
  }).send(address, allowed, news);

test('a topic gets the notice in words, once', async () => {
  sns.on(PublishCommand).resolves({ MessageId: 'm' });
  expect(await send({ topic })).toBeUndefined();
  const [call] = sns.commandCalls(PublishCommand);
  expect(call?.args[0].input).toEqual({
    TopicArn: topic,
    Message: expect.stringMatching(/^For team-payments: .*\nWhy: .*\nWhat to do: .*\nReference: news\//),
  });
  sns.reset();
  sns.on(PublishCommand).rejects(Object.assign(new Error('no'), { name: 'AuthorizationErrorException' }));
  expect(await send({ topic })).toBe('AuthorizationErrorException: no');
  expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
});

test('a webhook gets the event and the notice by POST, signed with all of its body', async () => {
  let body = '';
  server.respond = async (response) => {
    body = await text(response.req);
    response.writeHead(204).end();
  };
  expect(await send({ webhook: `${server.origin}/news?x=1`, secret: arn })).toBeUndefined();
  const [request] = server.requests;
  expect([request?.method, request?.headers['content-type']]).toEqual(['POST', 'application/json']);
  expect(JSON.parse(body)).toMatchObject({
    ...news.detail,
    notice: { what: expect.stringContaining('For team-payments') },
  });
  const signed = { method: 'POST', url: `${server.origin}/news?x=1`, body };
  expect(request?.headers['liftlock-signature']).toBe(signature(secret, at, signed));
});

test('why it was not taken is told, and nothing of what was answered', async () => {
  server.respond = (response) => response.writeHead(500).end('it is a secret');
  expect(await send({ webhook: `${server.origin}/` })).toBe('It answered with HTTP status 500.');
  server.respond = (response) => response.writeHead(302, { location: 'https://example.com' }).end();
  expect(await send({ webhook: `${server.origin}/` })).toBe('It answered with HTTP status 302.');
  server.respond = () => {};
  expect(await send({ webhook: `${server.origin}/` })).toBe('It did not answer in time.');
  expect(await send({ webhook: `${server.origin}/` }, [])).toMatch(/^UrlRefused: /);
});
