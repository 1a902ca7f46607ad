import type { CloudParts } from '../../simulator/cloud/cloud-parts.ts';
import { iamInstallers } from '../../simulator/cloud/install/install-iam.ts';
import { Wiring } from '../../simulator/cloud/wiring.ts';
import { unusedGrants } from '../../simulator/iam/local-iam.ts';
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
  // Nothing was used: what is unused is then all that is granted.
  return [...new Set(unusedGrants(directory, []).map(({ role, action }) => `${wiring.nameOf(role)} ${action}`))].sort();
}
