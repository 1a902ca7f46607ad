import type { ClusterDetail } from '../../core/queries/cluster-detail.ts';
import type { PolicyView } from '../../core/queries/list-policies.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clusterPath } from '../client/cluster-path.ts';
import { rolloutPath } from '../client/rollout-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';
import { clusterText } from './cluster-text.ts';
import { kindOf } from './kind.ts';
import { policyText } from './policy-text.ts';
import { rolloutText } from './rollout-text.ts';
import { shownAt } from './shown-at.ts';

export async function describe(session: Session, kindText: string, name: string, format: string): Promise<ExitCode> {
  const kind = kindOf(kindText, ['clusters', 'rollouts', 'policies']);
  const client = await session.client();
  if (kind === 'clusters') {
    const cluster = await client.get<ClusterDetail>(clusterPath(name));
    await print(session, format, cluster, () => clusterText(cluster, shownAt(session, client)));
  } else if (kind === 'policies') {
    const { items } = await client.get<{ items: PolicyView[] }>('/v1/policies');
    const policy = items.find((item) => item.name === name);
    if (policy === undefined) throw new Failure(`liftlock: there is no policy ${name}. Run: liftlock get policies`);
    await print(session, format, policy, () => policyText(policy, shownAt(session, client)));
  } else {
    const rollout = await wholeRollout(client, name);
    await print(session, format, rollout, () => rolloutText(rollout, shownAt(session, client), session.io.columns));
  }
  return EXIT.ok;
}

/** Members come in pages. */
async function wholeRollout(client: ApiClient, id: string): Promise<RolloutDetail> {
  const path = rolloutPath(id);
  const { next: more, ...rollout } = await client.get<RolloutDetail & { next?: string }>(path);
  const members = [...rollout.members];
  for (let next = more; next !== undefined; ) {
    const page: RolloutDetail & { next?: string } = await client.get(path, { after: next });
    members.push(...page.members);
    next = page.next;
  }
  return { ...rollout, members };
}
