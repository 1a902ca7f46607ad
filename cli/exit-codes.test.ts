import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunOptions, runInProcess } from '../test/material/cli/run-in-process.ts';
import { FLEET_YAML, servedWorld } from '../test/material/cli/served-world.ts';
import { EXIT } from './command/failure.ts';

const served = await servedWorld();
afterAll(() => served.close());

const words = (line: string): string[] => line.split(' ');
/** Each place where a policy may name a host that the Fleet in force allows. */
const PRIVATE = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: standard }
spec:
  selector: {}
  target: "1.37"
  waves: [{ name: all, gates: [{ webhook: "https://web.internal/gate" }] }]
  scan: { urls: ["https://web.internal/scan"] }
  smoke:
    urls: ["https://web.internal/smoke"]
    rates: { queries: [{ name: q, url: "https://web.internal/prometheus", requests: r, errors: e }] }
`;
const BAD =
  'apiVersion: liftlock/v1alpha1\nkind: UpgradePolicy\nmetadata: { name: x }\nspec: { selector: {}, target: 1.37 }\n';

// The lines are independent: none changes what a later one needs.
test.each<[string, number, string, RunOptions?]>([
  ['--help', EXIT.ok, ''],
  ['version', EXIT.ok, ''],
  ['completion bash', EXIT.ok, ''],
  ['get clusters', EXIT.ok, ''],
  ['get cluster web -o name', EXIT.ok, ''],
  ['get clusters -l env=nowhere', EXIT.ok, 'No clusters found'],
  ['get versions -o wide', EXIT.ok, ''],
  ['describe cluster web', EXIT.ok, ''],
  ['explain cluster web', EXIT.ok, ''],
  ['fleet status', EXIT.ok, ''],
  ['audit verify fleet', EXIT.pending, ''],
  ['audit verify', EXIT.invalid, 'which record?'],
  ['audit verify fleet --anchors nowhere', EXIT.incomplete, 'the anchors in nowhere cannot be read'],
  ['audit verify fleet --anchors s3:/x', EXIT.invalid, 'is no bucket'],
  ['audit verify fleet --from nowhere', EXIT.incomplete, 'the anchors in nowhere cannot be read'],
  ['audit export --to nowhere', EXIT.invalid, 'which record?'],
  ['audit export fleet --to nowhere', EXIT.invalid, 'proves nothing'],
  ['access check', EXIT.incomplete, 'were not looked at in full'],
  ['access manifest web', EXIT.ok, ''],
  ['access manifest web --tier hooks', EXIT.failure, 'spec.hooks.jobs'],
  ['rollout create standard --dry-run', EXIT.ok, 'Nothing was created'],
  ['apply -f - --dry-run', EXIT.ok, '', { stdin: FLEET_YAML }],
  ['apply -f - --dry-run', EXIT.ok, '', { stdin: PRIVATE }],
  ['validate -f -', EXIT.ok, '1 file valid', { stdin: FLEET_YAML }],
  ['upgrade cluster web --to 1.36', EXIT.pending, '--approve'],
  ['upgrade cluster web --to 1.37', EXIT.pending, '--approve'],
  ['upgrade cluster web --to 1.34', EXIT.blocked, 'Nothing was started'],
  ['upgrade cluster web --to 1.35 --approve', EXIT.blocked, 'Nothing was started'],
  ['upgrade cluster web --to 1.44 --approve', EXIT.blocked, 'Nothing was started'],
  ['upgrade cluster 111111111111.us-east-1.twin --to 1.37 --approve', EXIT.blocked, 'Nothing was started'],
  ['upgrade cluster web --to soon', EXIT.invalid, 'is not a Kubernetes minor'],
  ['upgrade cluster web', EXIT.invalid, '--to'],
  ['drain nodegroup old --cluster web --approve --cancel', EXIT.invalid, 'cannot be used with'],
  ['get boats', EXIT.invalid, 'is not a kind'],
  ['get clustrs', EXIT.invalid, 'Did you mean clusters?'],
  ['get clusters -o xml', EXIT.invalid, 'Allowed choices'],
  ['get clusters -l a=b=c', EXIT.invalid, 'cannot be read'],
  ['get rollouts -l env=prod', EXIT.invalid, 'choose clusters'],
  ['get clusters -w -o json', EXIT.invalid, 'jsonl'],
  ['frobnicate', EXIT.invalid, 'unknown command'],
  ['describe cluster twin', EXIT.invalid, '111111111111.us-east-1.twin'],
  ['validate -f -', EXIT.invalid, '2 errors', { stdin: BAD }],
  ['apply -f -', EXIT.invalid, '<stdin>:4:', { stdin: BAD }],
  ['apply -f nowhere.yaml', EXIT.invalid, 'no file nowhere.yaml'],
  ['audit show boats', EXIT.invalid, 'has no record'],
  ['audit show cluster wbe', EXIT.failure, 'Did you mean web?'],
  ['audit show fleet web', EXIT.invalid, '"fleet/web" has no record'],
  ['audit show policy/standard', EXIT.invalid, 'policies, calendars, channels and waivers is in that of fleet'],
  ['describe cluster nobody', EXIT.failure, 'has no cluster nobody'],
  ['describe rollout nothing', EXIT.failure, 'no rollout nothing'],
  ['rollout create nothing', EXIT.failure, 'no policy nothing. Applied are standard'],
  ['retry cluster web', EXIT.failure, 'is not held'],
  ['approve one all --plan deadbeef', EXIT.invalid, "option '--plan <hash>' argument 'deadbeef' is invalid"],
  ['reject one all --plan deadbeef', EXIT.invalid, 'It is not the hash of a plan: 64 characters of 0-9 and a-f'],
  ['get policies nothing', EXIT.failure, 'there is no nothing'],
])('liftlock %s exits %i', async (line, code, said, options = {}) => {
  const ran = await runInProcess(words(line), { url: served.url, ...options });
  expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(said)]);
});

test('a drain that is only asked about ends with 6 where something is in the way', async () => {
  const { url, close } = await servedWorld([{ name: 'workers' }]);
  const { code, err } = await runInProcess(words('drain nodegroup workers --cluster web'), { url });
  await close();
  expect([code, err]).toEqual([EXIT.blocked, expect.stringContaining('Nothing was started')]);
});

test.each<[string, Record<string, string>, number, string]>([
  ['no URL', {}, EXIT.invalid, 'LIFTLOCK_API_URL'],
  [
    'no URL, and no AWS',
    {},
    EXIT.invalid,
    'run liftlock local up and, in another terminal, eval "$(liftlock local env)"',
  ],
  ['no URL at all', { LIFTLOCK_API_URL: 'liftlock' }, EXIT.invalid, 'is not a URL'],
  ['http to elsewhere', { LIFTLOCK_API_URL: 'http://liftlock.example.com' }, EXIT.invalid, 'http is refused'],
  ['a look-alike of loopback', { LIFTLOCK_API_URL: 'http://127.0.0.1.example.com' }, EXIT.invalid, 'http is refused'],
  ['another protocol', { LIFTLOCK_API_URL: 'ftp://127.0.0.1' }, EXIT.invalid, 'https://'],
  ['a password', { LIFTLOCK_API_URL: 'https://a:b@liftlock.example.com' }, EXIT.invalid, 'password'],
  ['no Region', { LIFTLOCK_API_URL: 'https://liftlock.example.com' }, EXIT.invalid, 'AWS_REGION'],
  ['nobody listening', { LIFTLOCK_API_URL: 'http://127.0.0.1:9' }, EXIT.failure, 'run liftlock local up first'],
])('%s is told with what to do', async (_what, env, code, said) => {
  const ran = await runInProcess(['get', 'clusters'], { env });
  expect([ran.code, ran.out, ran.err]).toEqual([code, '', expect.stringContaining(said)]);
});

test.each<[number, string, number, string]>([
  [
    403,
    '{"message":"Forbidden"}',
    EXIT.failure,
    'PUT /v1/config (Forbidden). Ask for execute-api:Invoke on that route: the managed policy liftlock-admin has it',
  ],
  [502, '<html>', EXIT.failure, 'answered 502'],
  [
    503,
    '{"message":"Service Unavailable"}',
    EXIT.failure,
    'its function was turned away, killed, or took too long (docs/runbook.md, liftlock/api). What you asked for may have been done all the same: look first, then try again.',
  ],
  [429, '{"message":"Too Many Requests"}', EXIT.failure, 'Try again in a few seconds'],
  [200, '<html>', EXIT.failure, "no answer of Liftlock's API"],
  [404, '{}', EXIT.failure, 'Check the API URL'],
])('an answer %i %s is told', async (status, body, code, said) => {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const ran = await runInProcess(['apply', '-f', '-'], { url: `http://127.0.0.1:${port}`, stdin: FLEET_YAML });
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(said)]);
  } finally {
    server.close();
  }
});

test('a server that does not answer times out with 5', async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const ran = await runInProcess(['get', 'clusters', '--timeout', '0.2'], { url: `http://127.0.0.1:${port}` });
    expect([ran.code, ran.err]).toEqual([EXIT.timedOut, expect.stringContaining('--timeout')]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('Ctrl-C while waiting ends with 130', async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const interrupted = AbortSignal.timeout(100);
    const ran = await runInProcess(['get', 'clusters'], { url: `http://127.0.0.1:${port}`, interrupted });
    expect(ran.code).toBe(EXIT.interrupted);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
