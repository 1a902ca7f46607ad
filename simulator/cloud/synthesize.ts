import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Assembly, readAssembly } from './template/assembly.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Synthesizes the CDK app into the folder with these settings, like `cdk synth -c liftlock=…`: the same app with the same context. `npm run synth`
 * runs the checks of cdk-nag and of CloudFormation's schemas; they take most of its time and change nothing.
 */
export async function synthesize(folder: string, settings: object, signal?: AbortSignal): Promise<Assembly> {
  const { context } = JSON.parse(await readFile(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, liftlock: settings }),
    CDK_VALIDATION: 'false',
    // esbuild collects no garbage without a limit, and would use most memory of the whole run.
    GOMEMLIMIT: '300MiB',
  };
  try {
    const options = { cwd: ROOT, env, ...(signal === undefined ? {} : { signal }) };
    await promisify(execFile)(process.execPath, ['infra/bin/app.ts'], options);
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new Error(`The CDK app could not be synthesized:\n${stderr || message}`);
  }
  return readAssembly(folder);
}
