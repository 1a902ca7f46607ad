import type { CloudParts } from '../../simulator/cloud/cloud-parts.ts';
import { iamInstallers } from '../../simulator/cloud/install/install-stack.ts';
import { Wiring } from '../../simulator/cloud/wiring.ts';
import { readPolicy } from '../../simulator/iam/policy/policy-document.ts';
import { IamDirectory } from '../../simulator/iam/principals/iam-directory.ts';
import { SMALL_SETTINGS } from '../cloud/small-settings.ts';
import { synthesize } from '../material/infra/synthesize.ts';
import { resolvedResources } from '../templates/resolved-stacks.ts';

/** Every action that a role of the templates is granted: `Role liftlock-scan-cluster eks:DescribeCluster`. */
export function grantedActions(): string[] {
  const directory = new IamDirectory();
  const wiring = new Wiring();
  for (const resources of resolvedResources(synthesize(SMALL_SETTINGS).folder)) {
    for (const resource of resources) wiring.name(resource);
    for (const [type, install] of Object.entries(iamInstallers))
      for (const resource of resources.filter((one) => one.type === type))
        install(resource, { directory } as CloudParts, resources);
  }
  const granted = directory.roles().flatMap((role) =>
    directory
      .identityPolicies(role)
      .flatMap((named) => readPolicy(named, 'identity').statements)
      // What NotAction grants has no end.
      .flatMap(({ effect, action }) => (effect === 'Allow' && action?.negated === false ? action.patterns : []))
      .map((action) => `${wiring.nameOf(role.arn)} ${action}`),
  );
  return [...new Set(granted)].sort();
}
