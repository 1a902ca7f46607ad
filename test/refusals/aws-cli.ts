import { execFile } from 'node:child_process';
import { testCaller } from '../material/eks/world.ts';
import { administrator } from './eks-server.ts';

/** What a run of a program left behind. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** An error of AWS as the CLI prints it. */
export interface PrintedError {
  readonly error: string;
  readonly operation: string;
  readonly message: string;
}

/** Status of a program that did not start, or did not end in time. */
const NOT_STARTED = -1;

/** The AWS CLI on the path and its version, or why there is none. */
export async function findCli(): Promise<{ readonly version: string } | { readonly missing: string }> {
  const { status, output, errors } = await run(['--version']);
  const version = /aws-cli\/\S+/.exec(`${output}${errors}`)?.[0];
  if (status === 0 && version !== undefined) return { version };
  const missing = status === NOT_STARTED ? 'there is none on the path' : `aws --version ended with ${status}`;
  return { missing };
}

/** Runs the CLI against an endpoint on this machine, with the administrator's keys and one attempt. */
export function runCli(words: readonly string[], origin: string): Promise<Outcome> {
  return run([...words, '--endpoint-url', origin, '--output', 'json']);
}

export function printedError({ errors }: Outcome): PrintedError | undefined {
  const match = /An error occurred \((\w+)\) when calling the (\w+) operation(?: \(.*?\))?: (.*)/.exec(errors);
  if (match === null) return undefined;
  const [, error = '', operation = '', message = ''] = match;
  return { error, operation, message };
}

function run(words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile('aws', words, { env: environment(), encoding: 'utf8', timeout: 60_000 }, (problem, output, errors) => {
      const code = problem?.code;
      resolve({ status: problem === null ? 0 : typeof code === 'number' ? code : NOT_STARTED, output, errors });
    });
  });
}

/** Nobody's profiles, settings and proxies. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ACCESS_KEY_ID: administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
    AWS_DEFAULT_REGION: testCaller.region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  };
}
