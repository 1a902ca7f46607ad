import { HAND_ACTS, MACHINE_NAMES, UNKNOWN_PRINCIPAL } from '../contracts/names.ts';
import { machineInput } from '../contracts/step-input.ts';
import { parseClusterArn } from '../model/cluster-key.ts';
import { hopTo } from '../model/hop.ts';
import { parseJson } from '../model/parse-json.ts';
import { principalOf } from '../model/principal.ts';
import type { Ports } from '../ports/ports.ts';
import { change, NOTHING } from '../store/change.ts';
import { loadRecordsOfName, Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** What a person did to an execution by hand, with the ARN that CloudTrail gives for that person. */
export interface HandAct {
  readonly act: keyof typeof HAND_ACTS;
  readonly execution: string;
  readonly userArn: string;
}

/**
 * Records who started, stopped or redrove an execution by hand. The execution does not know it, and what its input says proves nothing; CloudTrail
 * tells some minutes later (semantics.md, People). An event that comes twice is recorded twice. An execution that started with unusable input did
 * nothing, and is not recorded.
 */
export async function recordHandAct(
  ports: Pick<Ports, 'table' | 'clock' | 'executions'>,
  { act, execution, userArn }: HandAct,
): Promise<void> {
  const principal = principalOf(userArn);
  const name = execution.slice(execution.lastIndexOf(':') + 1);
  const machine = MACHINE_NAMES.find((one) => ports.executions.arnFor(one, name) === execution);
  if (principal === undefined || machine === undefined) return;
  const input = machineInput.safeParse(parseJson((await ports.executions.describe(execution))?.input ?? ''));
  const place = input.success ? parseClusterArn(input.data.cluster) : undefined;
  if (!input.success || place === undefined) return;
  const clusterKey = (await loadRecordsOfName(ports.table, place)).at(-1)?.clusterKey;
  const { cluster, targetVersion } = input.data;
  const detail = { machine, execution, cluster, targetVersion };
  const entry = { subject: clusterKey ?? 'fleet', event: HAND_ACTS[act], principal, detail };
  await change(ports, async () => {
    const upgradeId = machine === 'upgrade-cluster' ? hopTo(KubeVersion.parse(targetVersion)) : `${machine}-${name}`;
    const upgrade = clusterKey === undefined ? undefined : await load(ports.table, Upgrades, clusterKey, upgradeId);
    const isTheirs =
      act === 'StartExecution' &&
      upgrade?.data.execution === execution &&
      upgrade.data.requestedBy === UNKNOWN_PRINCIPAL;
    const writes = isTheirs ? [replace(Upgrades, upgrade, { ...upgrade.data, requestedBy: principal })] : [];
    return { ...NOTHING, writes, record: [entry] };
  });
}
