import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '../../../core/model/parse-json.ts';
import { type AwsCall, AwsFault } from '../../wire/aws-call.ts';
import type { HttpAnswer, HttpRequest, PassThrough } from '../../wire/wire-options.ts';
import { FunctionFailure, TooManyRequests } from '../lambda/functions.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { FunctionInput } from './made-by-hand.ts';
import { unzip } from './unzip.ts';

const INVOKE = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/;
const TAGS = /^\/2017-03-31\/tags\/([^/?]+)$/;

/** Lambda as far as a user's own function needs it: created from a zip, tagged, invoked synchronously. Every other call is answered with 501. */
export function serveLambda(cloud: LocalCloud): PassThrough {
  return async (request, context) => {
    const { operation, input } = readCall(request);
    if (operation === undefined) throw notModelled(cloud, `${request.method} ${request.target}`);
    const call: AwsCall = { ...context, service: 'lambda', operation, input };
    const { account } = cloud.authority.admit(call) as { account: string };
    const arnOf = (name = '') =>
      name.startsWith('arn:') ? name : `arn:aws:lambda:${context.region}:${account}:function:${name}`;
    if (operation === 'CreateFunction') return create(cloud, arnOf(input.FunctionName), input);
    const arn = arnOf(input.FunctionName ?? input.Resource);
    // A function can be reached only in its own Region.
    if (
      !arn.startsWith(`arn:aws:lambda:${context.region}:`) ||
      !cloud.functions.all().some((one) => one.options.arn === arn)
    )
      throw new AwsFault('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 });
    if (operation === 'TagResource') {
      cloud.byHand.tag(arn, input.Tags);
      return { status: 204, headers: {}, body: '' };
    }
    if ((request.headers['x-amz-invocation-type'] ?? 'RequestResponse') !== 'RequestResponse')
      throw notModelled(cloud, 'Invoke that does not wait for its answer');
    return invoke(cloud, arn, request.body.toString('utf8'));
  };
}

type Input = Partial<FunctionInput> & { readonly Resource?: string };

function readCall({ method, target, body }: HttpRequest): { operation?: string; input: Input } {
  const [, invoked] = INVOKE.exec(target) ?? [];
  const [, tagged] = TAGS.exec(target) ?? [];
  if (method !== 'POST') return { input: {} };
  if (invoked !== undefined) return { operation: 'Invoke', input: { FunctionName: decodeURIComponent(invoked) } };
  const input = (parseJson(body.toString('utf8')) ?? {}) as Input;
  if (tagged !== undefined)
    return { operation: 'TagResource', input: { ...input, Resource: decodeURIComponent(tagged) } };
  return target === '/2015-03-31/functions' ? { operation: 'CreateFunction', input } : { input };
}

function notModelled({ options }: LocalCloud, what: string): AwsFault {
  options.onNote(`lambda: ${what} is not modelled by the local cloud; it was answered with 501.`);
  return new AwsFault('NotImplemented', `lambda ${what} is not modelled by this server`, { status: 501 });
}

/** An error of the function has status 200 and a header. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke({ functions }: LocalCloud, arn: string, event: string): Promise<HttpAnswer> {
  if (event !== '' && parseJson(event) === undefined)
    throw new AwsFault('InvalidRequestContentException', 'Could not parse request body into json', { status: 400 });
  try {
    return json(200, await functions.invoke(arn, event === '' ? '{}' : event));
  } catch (error) {
    if (error instanceof TooManyRequests) throw new AwsFault(error.name, error.message, { status: 429 });
    if (!(error instanceof FunctionFailure)) throw error;
    const { headers, ...answer } = json(200, JSON.stringify(error.error));
    return { ...answer, headers: { ...headers, 'x-amz-function-error': 'Unhandled' } };
  }
}

function create(cloud: LocalCloud, arn: string, input: Input): HttpAnswer {
  if (cloud.functions.all().some((one) => one.options.arn === arn))
    throw new AwsFault('ResourceConflictException', `Function already exist: ${input.FunctionName}`, { status: 409 });
  if (!/^nodejs/.test(input.Runtime ?? '')) throw notModelled(cloud, `a function with the runtime ${input.Runtime}`);
  addFunction(cloud, arn, input as FunctionInput);
  cloud.byHand.functions.set(arn, input as FunctionInput);
  cloud.byHand.tag(arn, input.Tags);
  const { Code, Tags, ...configuration } = input;
  return json(201, JSON.stringify({ ...configuration, FunctionArn: arn, State: 'Active' }));
}

/** Adds a function that was created by hand, now or before a restart. */
export function addFunction(
  { authority, byHand, functions, logs }: LocalCloud,
  arn: string,
  input: FunctionInput,
): void {
  const { FunctionName: name, Role: roleArn, Handler, Code, Environment } = input;
  const invalid = (message: string) => new AwsFault('InvalidParameterValueException', message, { status: 400 });
  try {
    authority.inRole(
      roleArn,
      { service: 'lambda.amazonaws.com', sourceArn: arn, sourceAccount: arn.split(':')[4] ?? '' },
      [],
      `creation of ${name}`,
    );
  } catch {
    throw invalid('The role defined for the function cannot be assumed by Lambda.');
  }
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-function-'));
  byHand.folders.push(folder);
  if (!unzip(Buffer.from(Code?.ZipFile ?? '', 'base64'), folder))
    throw invalid('Could not unzip uploaded file. Please check your file, then try to upload again.');
  logs.addGroup(`${arn.replace(':lambda:', ':logs:').replace(`:function:${name}`, '')}:log-group:/aws/lambda/${name}`);
  const [file = '', handler = ''] = Handler.split('.');
  const candidates = ['.mjs', '.js', '.cjs'].map((extension) => join(folder, file + extension));
  functions.add({
    ...{ name, arn, roleArn, handler, variables: Environment?.Variables ?? {} },
    // Without the file its invocations fail, as on AWS.
    module: candidates.find(existsSync) ?? join(folder, `${file}.js`),
    ...{ memoryMegabytes: input.MemorySize ?? 128, timeoutSeconds: input.Timeout ?? 3 },
    ...{ logGroup: `/aws/lambda/${name}`, traced: false },
  });
}

const json = (status: number, body: string) => ({ status, headers: { 'content-type': 'application/json' }, body });
