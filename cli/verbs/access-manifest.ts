import { visible } from '../../core/model/visible.ts';
import type { ClusterAccessManifest } from '../../core/queries/access-manifest.ts';
import { clusterId } from '../client/paths.ts';
import type { ExitCode, OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';

interface Manifests {
  /** For `kubectl apply -f -`, the same in every cluster. */
  readonly rbac: string;
  readonly items: readonly ClusterAccessManifest[];
}

/** Prints what a person runs and applies; nothing is granted from here. Comments make the text usable as it is. */
export async function accessManifest(
  session: Session,
  cluster: string | undefined,
  { output }: OutputOption,
): Promise<ExitCode> {
  const client = await session.client();
  const id = cluster === undefined ? undefined : clusterId(cluster);
  const manifests = await client.all<ClusterAccessManifest, Manifests>('/v1/access/manifest', { cluster: id });
  return print(session, output, manifests, () => text(manifests));
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
