import { readFileSync } from 'node:fs';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { App } from 'aws-cdk-lib/core';
import { addLiftlock } from '../../../infra/liftlock-app.ts';
import { parseSettings } from '../../../infra/settings/settings.ts';

/** Liftlock without bundles, for tests; the context is that of cdk.json. */
export function testApp(outdir: string, settings: object) {
  const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const app = new App({ outdir, context, stackTraces: false, treeMetadata: false });
  const { hub } = addLiftlock(app, {
    settings: parseSettings(JSON.stringify(settings)),
    codeOf: (name) => Code.fromInline(`export const handler = () => '${name}';`),
  });
  return { app, hub };
}
