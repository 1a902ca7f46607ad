import type { ClusterDetail } from '../../core/queries/cluster-detail.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
import { clusterPath } from '../client/cluster-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';
import { clusterText } from './cluster-text.ts';
import { kindOf } from './kind.ts';
import { rolloutText } from './rollout-text.ts';

export async function describe(session: Session, kindText: string, name: string, format: string): Promise<ExitCode> {
  const kind = kindOf(kindText, ['clusters', 'rollouts']);
  const client = await session.client();
  if (kind === 'clusters') {
    const cluster = await client.get<ClusterDetail>(clusterPath(name));
    await print(session, format, cluster, () => clusterText(cluster, shownAt(session, client.time)));
  } else {
    const rollout = await client.get<RolloutDetail>(`/v1/rollouts/${encodeURIComponent(name)}`);
    await print(session, format, rollout, () =>
      rolloutText(rollout, shownAt(session, client.time), session.io.columns),
    );
  }
  return EXIT.ok;
}

const shownAt = (session: Session, time: Date | undefined) => ({ paint: session.paint, now: time ?? session.io.now() });
