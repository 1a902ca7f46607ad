import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type AwsCall, AwsFault } from '../../simulator/wire/aws-call.ts';
import { loadService } from '../../simulator/wire/service-model.ts';
import { isSignedBy, readSignature } from '../../simulator/wire/signature.ts';
import { pythonWithBotocore } from './botocore-python.ts';
import { comparable } from './comparable.ts';
import { ECHO_SECRET, startEchoServer } from './echo-server.ts';
import { operationsInUse, type ServiceInUse } from './operations-in-use.ts';
import { samples, sampleValue } from './sample-value.ts';

/** One call of calls_by_botocore.py. */
interface Seen {
  readonly service: ServiceInUse;
  readonly operation: string;
  /** `answer`, or the error that was asked for, or `unknown` for an operation newer than this botocore, or `presigned`. */
  readonly key: string;
  readonly given: object;
  readonly answer?: unknown;
  readonly expected?: unknown;
  readonly error?: { readonly Code: string; readonly Message: string };
  readonly failure?: string;
  readonly url?: string;
}

const found = pythonWithBotocore();
const services = Object.keys(operationsInUse) as ServiceInUse[];
const wholeSeconds = { ...samples, time: new Date(1_790_000_000_000) };
const MESSAGE = 'No <such> "thing" & nothing else';
const calls: AwsCall[] = [];
const seen: Seen[] = [];
const failures: unknown[] = [];

const isCall = ({ key }: Pick<Seen, 'key'>) => key !== 'unknown' && key !== 'presigned';

async function answerOf(service: ServiceInUse, operation: string): Promise<object> {
  const model = (await loadService(service)).operations.get(operation);
  return model === undefined ? {} : (sampleValue(model.output, wholeSeconds) as object);
}

async function callAll(python: string): Promise<void> {
  const server = await startEchoServer((call) => {
    calls.push(call);
    const key = call.signer?.accessKeyId ?? '';
    if (key !== 'answer') throw new AwsFault(key, MESSAGE);
    return answerOf(call.service as ServiceInUse, call.operation);
  });
  const answers: Record<string, Record<string, unknown>> = {};
  const errors: Record<string, readonly string[]> = {};
  for (const service of services) {
    const own: Record<string, unknown> = {};
    for (const operation of operationsInUse[service]) own[operation] = comparable(await answerOf(service, operation));
    answers[service] = own;
    errors[service] = [...(await loadService(service)).errors.keys()];
  }
  const script = fileURLToPath(new URL('calls_by_botocore.py', import.meta.url));
  const child = spawn(python, [script], {
    // Nobody's profiles and proxies.
    env: {
      PATH: process.env.PATH,
      AWS_MAX_ATTEMPTS: '1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ origin: server.origin, answers, errors }));
  const [lines, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  await server.close();
  failures.push(...server.failures);
  if (status !== 0) throw new Error(`calls_by_botocore.py ended with ${status}`);
  seen.push(
    ...lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Seen),
  );
}

if ('missing' in found) {
  test(`not run with botocore: ${found.missing}`, () => {});
} else {
  beforeAll(() => callAll(found.python), 120_000);

  test('every call reached the service, which made no mistake', () => {
    expect(failures).toEqual([]);
    expect(seen.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(calls.map(({ service, operation }) => `${service} ${operation}`)).toEqual(
      seen.filter(({ key }) => isCall({ key })).map(({ service, operation }) => `${service} ${operation}`),
    );
  });

  test.each(services)('operations of %s arrive and return whole', (service) => {
    const sent = seen.filter(({ key }) => isCall({ key }));
    const own = sent.flatMap((call, index) =>
      call.service === service && call.key === 'answer' ? [{ ...call, input: comparable(calls[index]?.input) }] : [],
    );
    expect(own.length).toBeGreaterThan(0);
    for (const { operation, input, given, answer, expected } of own) {
      const read = { ...(input as object) };
      // CLIs that speak SQS's query protocol do not know the second name of AttributeName, which is filled with it.
      if (!('MessageSystemAttributeNames' in given)) Reflect.deleteProperty(read, 'MessageSystemAttributeNames');
      expect({ operation, input: read, answer }).toEqual({ operation, input: given, answer: expected });
    }
  });

  test.each(services)('errors of %s arrive with their code and message', async (service) => {
    const own = seen.filter((call) => call.service === service && isCall(call) && call.key !== 'answer');
    const { errors, dialects, queryCompatible } = await loadService(service);
    expect(own.length).toBe(errors.size);
    const isQuery = queryCompatible || dialects.includes('query');
    const codeOf = (name: string) =>
      (isQuery && (errors.get(name)?.getMergedTraits().awsQueryError as [string] | undefined)?.[0]) || name;
    expect(own.map(({ key, error }) => ({ key, code: error?.Code, message: error?.Message }))).toEqual(
      own.map(({ key }) => ({ key, code: codeOf(key), message: MESSAGE })),
    );
  });

  test('a presigned URL is signed by its key', () => {
    const url = new URL(seen.find(({ key }) => key === 'presigned')?.url ?? '');
    const request = {
      method: 'GET',
      target: url.pathname + url.search,
      headers: { host: url.host },
      body: Buffer.of(),
    };
    const signature = readSignature(request);
    expect(signature).toMatchObject({ place: 'query', expires: 3600, sessionToken: 'token' });
    expect(signature && isSignedBy(request, signature, ECHO_SECRET)).toBe(true);
    expect(signature && isSignedBy(request, signature, 'another')).toBe(false);
  });
}
