import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Assembly, readAssembly } from './template/assembly.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Synthesizes the CDK app into the folder with these settings, as `cdk synth -c liftlock=…` does: the same app under the same context. The
 * checks of cdk-nag and of CloudFormation's schemas are left to `npm run synth`; they take most of its time and change nothing.
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
    // esbuild collects no garbage unless it is told to, and would take most memory of the whole run.
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
