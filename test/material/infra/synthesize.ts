import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from './template.ts';
import { testApp } from './test-app.ts';

export interface Assembly {
  readonly folder: string;
  readonly state: Template;
  readonly hub: Template;
  readonly spokeRole: Template;
  readonly spokeForwarder: Template;
}

const folders = new Map<string, string>();

/** Templates as `cdk synth` would write them with these settings, read back from their files, which are written once. */
export function synthesize(settings: object = {}): Assembly {
  const folder = folders.get(JSON.stringify(settings)) ?? writeAssembly(settings);
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

function writeAssembly(settings: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-synth-'));
  // CDK's own check against CloudFormation's schemas takes three quarters of the time; it runs together with cdk-nag.
  process.env.CDK_VALIDATION = 'false';
  testApp(folder, settings).app.synth();
  folders.set(JSON.stringify(settings), folder);
  return folder;
}
