import type { IncomingMessage, ServerResponse } from 'node:http';
import type { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createHooks } from '../../adapters/aws/hooks.ts';
import { createInMemoryHooks, type HookReceiverHere } from '../../simulator/process/in-memory-hooks.ts';
import { hooksContract, NO_RECEIVERS, QUESTION } from './hooks-contract.ts';
import { startHttpsAnswers } from './https-answers.ts';

const host = 'hooks-contract.internal';
const clock = { now: () => new Date('2026-11-20T08:00:00Z') };
const secret = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/hook-AbCdEf';

const webhook = 'https://hooks.example.com/ask';
const lambda = 'arn:aws:lambda:eu-west-1:111111111111:function:ask';
const inMemory = async (receiver: { webhook: string; secret: string } | { lambda: string }) => {
  const id = 'webhook' in receiver ? receiver.webhook : receiver.lambda;
  const arrived: unknown[] = [];
  const receivers = new Map<string, HookReceiverHere>();
  return {
    hooks: createInMemoryHooks(receivers),
    allowedHosts: [],
    receiver,
    arrived,
    answer: (body: string | undefined) =>
      void receivers.set(id, async (request) => {
        arrived.push(request);
        if (body === undefined) throw new Error('broken off');
        return body;
      }),
    close: async () => {},
  };
};
hooksContract('webhooks, in memory', () => inMemory({ webhook, secret }));
hooksContract('functions, in memory', () => inMemory({ lambda }));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The product's own adapter, against a server that reads what it is sent. */
async function overHttps(settings: { readonly timeoutMilliseconds?: number } = {}) {
  const server = await startHttpsAnswers(host);
  const arrived: unknown[] = [];
  let respond: (response: ServerResponse) => void = (response) => response.end();
  server.respond = (response) => {
    const request = server.requests.at(-1) as IncomingMessage;
    void textOf(request).then((text) => {
      arrived.push(JSON.parse(text));
      respond(response);
    });
  };
  const read: string[] = [];
  const secrets: ReturnType<typeof createWebhookSecrets> = {
    valueOf: async (arn) => {
      read.push(arn);
      return Buffer.from('it is a secret');
    },
  };
  return {
    hooks: createHooks({
      secrets,
      clock,
      receivers: NO_RECEIVERS,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      ...settings,
    }),
    allowedHosts: [host],
    receiver: { webhook: `${server.origin}/ask?token=hunter2`, secret },
    arrived,
    read,
    requests: server.requests,
    respondWith: (more: typeof respond) => {
      respond = more;
    },
    answer: (body: string | undefined) => {
      respond = (response) => (body === undefined ? response.destroy() : response.end(body));
    },
    close: () => server.close(),
  };
}

hooksContract('webhooks, over HTTPS', () => overHttps());

describe('a webhook', () => {
  let under: Awaited<ReturnType<typeof overHttps>>;
  beforeEach(async () => {
    under = await overHttps({ timeoutMilliseconds: 200 });
  });
  afterEach(() => under.close());
  const ask = (receiver = under.receiver, allowedHosts = under.allowedHosts) =>
    under.hooks.ask(receiver, allowedHosts, QUESTION);

  test('is asked by POST, signed with its secret over the whole of method, URL and body', async () => {
    under.answer('{"schema":"liftlock.hook/v1","answer":"go"}');
    await ask();
    const [request] = under.requests;
    expect([request?.method, request?.url, request?.headers['content-type']]).toEqual([
      'POST',
      '/ask?token=hunter2',
      'application/json',
    ]);
    expect(request?.headers['liftlock-signature']).toMatch(/^t=1795161600,v1=[0-9a-f]{64}$/);
    expect(under.read).toEqual([secret]);
  });

  test.each([
    ['an error', 503, 'It answered with HTTP status 503 instead of 200.'],
    ['a redirect', 302, 'It answered with HTTP status 302 instead of 200, and redirects are not followed.'],
    ['no content', 204, 'It answered with HTTP status 204 instead of 200.'],
  ])('that answers with %s has given no answer, whatever its body says', async (_, status, message) => {
    under.respondWith((response) =>
      response
        .writeHead(status, { location: 'https://169.254.169.254/' })
        .end(status === 204 ? '' : '{"schema":"liftlock.hook/v1","answer":"go"}'),
    );
    expect(await ask()).toEqual({ answer: 'none', message });
    expect(under.requests).toHaveLength(1);
  });

  test('that is silent has given no answer when its time is over', async () => {
    under.respondWith(() => {});
    expect(await ask()).toEqual({ answer: 'none', message: 'It did not answer within 0.2 seconds.' });
  });

  test('on a private host that is not listed is not called', async () => {
    const answer = await ask(under.receiver, []);
    expect(answer).toEqual({ answer: 'none', message: expect.stringMatching(/UrlRefused/) });
    expect([under.requests, under.read]).toEqual([[], []]);
  });

  test('tells neither its secret nor its token in what people read', async () => {
    const body = { schema: 'liftlock.hook/v1', answer: 'stop', message: 'see ?token=hunter2 and it is a secret' };
    under.answer(JSON.stringify(body));
    expect((await ask()).message).toBe('see [not shown] and [not shown]');
  });
});
