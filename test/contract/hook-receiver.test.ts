import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHooks } from '../../adapters/aws/hooks.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import { readHookAnswer } from '../../core/policy/hook-answer.ts';
import { NO_RECEIVERS, QUESTION } from './hooks-contract.ts';
import { type HttpsAnswers, startHttpsAnswers } from './https-answers.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const page = read('hooks.md');
const block = (text: string, word: string) => new RegExp(`\`\`\`${word}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
const host = 'hook-receiver.internal';

type Receiver = (
  url: string,
  secret: string,
  decide: (question: { readonly key: string }) => Promise<object>,
) => (request: IncomingMessage, response: ServerResponse) => Promise<void>;

let folder: string;
let server: HttpsAnswers;
let receiver: Receiver;

/** The receiver that people copy, with the function that they copy from the other page. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'liftlock-hook-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'is-from-liftlock.js'), block(read('gates.md'), 'js verify'));
  writeFileSync(join(folder, 'receiver.js'), block(page, 'js receiver'));
  ({ receiver } = (await import(pathToFileURL(join(folder, 'receiver.js')).href)) as { receiver: Receiver });
  server = await startHttpsAnswers(host);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function asked(secretHere: string, secretThere: string, decide: Parameters<Receiver>[2]) {
  const url = `${server.origin}/liftlock`;
  const listen = receiver(url, secretThere, decide);
  server.respond = (response) => void listen(server.requests.at(-1) as IncomingMessage, response);
  const hooks = createHooks({
    secrets: { valueOf: async () => Buffer.from(secretHere) },
    clock: { now: () => new Date() },
    receivers: NO_RECEIVERS,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  return hooks.ask({ webhook: url, secret: 'arn' }, [host], QUESTION);
}

test('the receiver of the page answers what Liftlock has signed, by its key', async () => {
  const keys: string[] = [];
  const decide = async ({ key }: { readonly key: string }) => {
    keys.push(key);
    return { answer: 'wait', seconds: 60, message: 'not yet' };
  };
  expect(await asked('one', 'one', decide)).toEqual({ answer: 'wait', seconds: 60, message: 'not yet' });
  expect(keys).toEqual([QUESTION.key]);
});

test('it answers nothing that somebody else has signed', async () => {
  const decide = () => Promise.reject(new Error('was asked'));
  expect(await asked('one', 'another', decide)).toEqual({
    answer: 'none',
    message: 'It answered with HTTP status 403 instead of 200.',
  });
});

test('the function of the page answers in the vocabulary of the page', async () => {
  writeFileSync(join(folder, 'freeze.js'), block(page, 'js function'));
  const { handler } = (await import(pathToFileURL(join(folder, 'freeze.js')).href)) as {
    handler: (question: object) => Promise<object>;
  };
  const said = async (name: string) =>
    readHookAnswer(JSON.stringify(await handler({ ...QUESTION, cluster: { ...QUESTION.cluster, name } })));
  expect(await said('test-shop')).toEqual({ answer: 'go', message: '' });
  expect(await said('shop')).toMatchObject({ answer: 'wait', seconds: 300 });
});

test('the question of the page has the members of a question, and its hooks are right', () => {
  const shown = JSON.parse(block(page, 'json question')) as object;
  expect(Object.keys(shown).sort()).toEqual(Object.keys(QUESTION).sort());
  const spec = block(page, 'yaml').replaceAll('\n', '\n  ');
  const text = `apiVersion: liftlock/v1alpha1\nkind: UpgradePolicy\nmetadata: { name: it }\nspec:\n  selector: {}\n  target: latest\n  waves: [{ name: all }]\n  ${spec}`;
  const { errors, warnings, policies } = parseConfig([{ path: 'p.yaml', text }]);
  expect([...errors, ...warnings]).toEqual([]);
  expect(policies[0]?.spec.hooks?.map(({ blocking, timeout }) => [blocking, timeout])).toEqual([
    [true, '2h'],
    [true, '1h'],
    [false, '1h'],
    [true, '1h'],
    [true, '4h'],
    [true, '1h'],
    [true, '4h'],
  ]);
});
