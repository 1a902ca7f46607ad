import type { ClusterDetail } from '../../core/queries/cluster-detail.ts';
import type { PolicyView } from '../../core/queries/list-policies.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
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
    const rollout = await client.whole<RolloutDetail>(rolloutPath(name), 'members');
    await print(session, format, rollout, () => rolloutText(rollout, shownAt(session, client), session.io.columns));
  }
  return EXIT.ok;
}
