import { synthesize } from '../../infra/testing/synthesize.ts';
import type { CloudParts } from '../../simulator/cloud/cloud-parts.ts';
import { deploymentsOf } from '../../simulator/cloud/deployments.ts';
import { iamInstallers } from '../../simulator/cloud/install/install-iam.ts';
import { readAssembly } from '../../simulator/cloud/template/assembly.ts';
import { resolveStack } from '../../simulator/cloud/template/resolve-stack.ts';
import { Wiring } from '../../simulator/cloud/wiring.ts';
import { IamDirectory } from '../../simulator/iam/principals/iam-directory.ts';
import { unusedGrants } from '../../simulator/iam/reports/unused-grants.ts';
import { SMALL_SETTINGS } from '../cloud/small-settings.ts';

/** Every action that a role of the templates is granted: `Role liftlock-scan-cluster eks:DescribeCluster`. */
export function grantedActions(): string[] {
  const { folder } = synthesize(SMALL_SETTINGS);
  const assembly = readAssembly(folder);
  const directory = new IamDirectory();
  const wiring = new Wiring();
  const hub = '000000000000';
  const region = 'eu-central-1';
  const stacks = deploymentsOf({
    hubAccount: hub,
    hubRegion: region,
    spokeAccounts: ['111111111111'],
    regions: [region],
  });
  let imports: ReadonlyMap<string, unknown> = new Map();
  for (const { stack, parameters, ...where } of stacks) {
    const template = assembly.templates.get(stack);
    if (template === undefined) continue;
    const place = { ...where, partition: 'aws', origin: 'http://127.0.0.1' };
    const resolved = resolveStack(template, { stack, place, parameters, imports });
    imports = new Map([...imports, ...resolved.exports]);
    for (const resource of resolved.resources) wiring.name(resource);
    for (const [type, install] of Object.entries(iamInstallers))
      for (const resource of resolved.resources.filter((one) => one.type === type))
        install(resource, { directory } as CloudParts, resolved.resources);
  }
  // Nothing was used: what is unused is then all that is granted.
  return [...new Set(unusedGrants(directory, []).map(({ role, action }) => `${wiring.nameOf(role)} ${action}`))].sort();
}
