import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { callOf, executionEnded, type Told, tell } from './told.ts';

/** An event that differs from one which Liftlock waits for in one thing, which makes it somebody else's business. */
interface Stranger {
  readonly told: Told;
  /** Absent = the default bus of its account and Region. */
  readonly bus?: string;
}

/** Puts strangers onto the buses; each that a rule takes is a problem. */
export function strangersTaken(cloud: LocalCloud, cluster: string): string[] {
  const problems: string[] = [];
  const { onEvent } = cloud.buses;
  for (const { told, bus } of strangers(cloud, cluster)) {
    cloud.buses.onEvent = (_, event, matched) => {
      for (const { name } of matched)
        problems.push(
          `${name} takes what is not meant for it: ${event.source} ${event['detail-type']} of ${event.account}`,
        );
    };
    tell(cloud, told, bus);
  }
  cloud.buses.onEvent = onEvent;
  return problems;
}

function strangers(cloud: LocalCloud, cluster: string): Stranger[] {
  const somebody = { source: 'somebody' };
  const call = callOf(cluster, 'UpdateAddon');
  const health: Told = { ...call, source: 'aws.health', 'detail-type': 'AWS Health Event', detail: { service: 'EKS' } };
  const ended = executionEnded(cloud, 'SUCCEEDED');
  const { account, region } = ended;
  const bus = `arn:aws:events:${region}:${account}:event-bus/liftlock`;
  const stopped: Told = { source: 'liftlock', 'detail-type': 'FleetStopped', account, region, detail: {} };
  const judged: Told = { ...stopped, 'detail-type': 'WaveChanged', detail: { about: 'approval' } };
  const worded = { detail: { notice: { what: 'The fleet is stopped.' } } };
  return [
    // Whoever may put events in an account can make up all but AWS's own sources.
    { told: { ...call, ...somebody } },
    { told: { ...call, 'detail-type': 'AWS Service Event via CloudTrail' } },
    { told: { ...call, detail: { ...(call.detail as object), eventSource: 'eks-auth.amazonaws.com' } } },
    { told: callOf(cluster, 'TagResource') },
    { told: { ...health, ...somebody } },
    { told: { ...health, 'detail-type': 'AWS Health Abuse Event' } },
    { told: { ...health, detail: { service: 'EC2' } } },
    { told: { ...ended, ...somebody } },
    { told: { ...ended, 'detail-type': 'Step Functions Map Run Status Change' } },
    { told: executionEnded(cloud, 'RUNNING') },
    { told: { ...stopped, ...somebody }, bus },
    // Accounts of the fleet may put events onto this bus, and Liftlock's own are not theirs to make.
    { told: { ...stopped, account: call.account }, bus },
    { told: { ...stopped, 'detail-type': 'StepChanged' }, bus },
    { told: { ...judged, ...somebody }, bus },
    { told: { ...judged, account: call.account }, bus },
    // What Liftlock itself changes of a wave does not set it going.
    { told: { ...judged, detail: { about: 'gates' } }, bus },
    // And nobody else has people told in Liftlock's name.
    { told: { ...stopped, ...worded, ...somebody }, bus },
    { told: { ...stopped, ...worded, account: call.account }, bus },
  ];
}
