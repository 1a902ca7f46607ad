import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Template } from './template.ts';

export interface Assembly {
  readonly folder: string;
  readonly state: Template;
  readonly hub: Template;
  readonly spokeRole: Template;
  readonly spokeForwarder: Template;
}

/** Templates as `cdk synth` would write them with these settings, read back from their files. */
export function synthesize(settings: object = {}, mode?: 'nag' | 'nag-flawed'): Assembly {
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-synth-'));
  const script = fileURLToPath(new URL('./write-assembly.ts', import.meta.url));
  const options = [folder, JSON.stringify(settings), ...(mode === undefined ? [] : [mode])];
  // CDK's own check against CloudFormation's schemas takes three quarters of the time; it runs together with cdk-nag.
  const env = { ...process.env, CDK_VALIDATION: String(mode !== undefined) };
  execFileSync(process.execPath, [script, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  const read = (stack: string): Template =>
    JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')) as Template;
  return {
    folder,
    state: read('LiftlockState'),
    hub: read('LiftlockHub'),
    spokeRole: read('LiftlockSpokeRole'),
    spokeForwarder: read('LiftlockSpokeForwarder'),
  };
}
