import type { OutsideActor } from '../eks/progress/outside-actor.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { ActorScenario } from './scenario-schema.ts';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The model's form of a scenario's actor; `after` counts from the scenario's start. */
export function actorOf(entry: ActorScenario, cluster: ClusterRecord, start: number): OutsideActor {
  const { at, after, account: _account, region: _region, ...rest } = entry;
  const place = {
    at: at === undefined ? start + milliseconds(after ?? '0s') : Date.parse(at),
    account: cluster.account,
    region: cluster.region,
  };
  if (rest.do === 'operation') {
    const { do: kind, principal, operation, input } = rest;
    return { ...place, do: kind, principal, operation, input };
  }
  if (rest.do === 'recreate-cluster') {
    const { version, ...others } = rest;
    return { ...place, ...others, ...(version === undefined ? {} : { version }) };
  }
  return { ...place, ...rest };
}

function milliseconds(duration: string): number {
  return Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? 0);
}
