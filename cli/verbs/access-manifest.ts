import { visible } from '../../core/model/visible.ts';
import type { ClusterAccessManifest, Tier } from '../../core/queries/access-manifest.ts';
import { clusterId } from '../client/paths.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';

interface Manifests {
  /** For `kubectl apply -f -`, the same in every cluster. */
  readonly rbac: string;
  readonly items: readonly ClusterAccessManifest[];
}

interface ManifestOptions extends OutputOption {
  readonly tier: Tier;
}

/** Prints commands and manifests for a user to run and apply; this verb grants nothing. Comments make the text usable as it is. */
export async function accessManifest(session: Session, cluster: string | undefined, { output, tier }: ManifestOptions) {
  const client = await session.client();
  const query = { tier, ...(cluster === undefined ? {} : { cluster: clusterId(cluster) }) };
  const found = await client.whole('items', (page) => client.v1.access.manifest.$get({ query: { ...query, ...page } }));
  return print(session, output, found, () => text(found));
}

function text({ rbac, items }: Manifests): string[] {
  const grants = items.flatMap((item) => [
    `# ${visible(item.cluster)} (authentication mode ${visible(item.authenticationMode)})`,
    ...(item.accessEntryCommand === null ? [] : ['# Run:', `#   ${visible(item.accessEntryCommand)}`]),
    ...(item.accessEntryTemplate === null ? [] : ['# or in CloudFormation:', ...commented(item.accessEntryTemplate)]),
    ...(item.awsAuthMapRole === null
      ? []
      : ['# Add to mapRoles of the ConfigMap kube-system/aws-auth:', ...commented(item.awsAuthMapRole)]),
    '#',
  ]);
  return [...grants, '# Apply in each of these clusters (kubectl apply -f -):', rbac.trimEnd()];
}

const commented = (lines: string): string[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => `#   ${visible(line)}`);
