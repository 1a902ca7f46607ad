import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { callOf, executionEnded, refusedAct, sessionOf, type Told, tell } from './told.ts';

/** An event that differs from one which Liftlock waits for in one thing, which makes it somebody else's business. */
interface Stranger {
  readonly told: Told;
  /** Absent = the default bus of its account and Region. */
  readonly bus?: string;
}

/** Puts strangers onto the buses, and what rules wait for and nothing else here tells; each that the wrong rule takes, or the right one does not, is a problem. */
export function misheard(cloud: LocalCloud, cluster: string): string[] {
  const problems: string[] = [];
  const { onEvent } = cloud.buses;
  const hear = ({ told, bus }: Stranger, found: (rules: string[], what: string) => void) => {
    cloud.buses.onEvent = (_, event, matched) =>
      found(
        matched.map(({ name }) => name),
        `${event.source} ${event['detail-type']} of ${event.account}`,
      );
    tell(cloud, told, bus);
  };
  for (const stranger of strangers(cloud, cluster))
    hear(stranger, (rules, what) =>
      problems.push(...rules.map((rule) => `${rule} takes what is not meant for it: ${what}`)),
    );
  for (const { rule, ...awaited } of awaitedOf(cloud))
    hear(awaited, (rules, what) => {
      if (!rules.some((one) => one.includes(rule)))
        problems.push(`${rule} does not take what is meant for it: ${what}`);
    });
  cloud.buses.onEvent = onEvent;
  return problems;
}

/** What is meant for a rule, by the logical id that its name holds. Acts of people that were refused only make the reconciler look. */
function awaitedOf(cloud: LocalCloud): (Stranger & { readonly rule: string })[] {
  const started = 'RulesStartedByHand1862A3E3';
  const others = 'RulesStoppedByHand1D114A79';
  const session = sessionOf(cloud, 'Administrator');
  const ended = executionEnded(cloud, 'SUCCEEDED');
  return [
    { rule: started, told: refusedAct(cloud, 'StartExecution', session) },
    { rule: others, told: refusedAct(cloud, 'StopExecution', session) },
    { rule: others, told: refusedAct(cloud, 'RedriveExecution') },
    // Of an input that is too long for an event.
    { rule: 'RulesExecutionEndedAE388757', told: { ...ended, detail: { ...(ended.detail as object), input: null } } },
  ];
}

function strangers(cloud: LocalCloud, cluster: string): Stranger[] {
  const somebody = { source: 'somebody' };
  const call = callOf(cluster, 'UpdateAddon');
  const health: Told = { ...call, source: 'aws.health', 'detail-type': 'AWS Health Event', detail: { service: 'EKS' } };
  const ended = executionEnded(cloud, 'SUCCEEDED');
  const { account, region } = ended;
  const bus = `arn:aws:events:${region}:${account}:event-bus/liftlock`;
  const stopped: Told = { source: 'liftlock', 'detail-type': 'FleetStopped', account, region, detail: {} };
  const voted: Told = { ...stopped, 'detail-type': 'WaveChanged', detail: { about: 'approval' } };
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
    ...(['StartExecution', 'StopExecution', 'RedriveExecution'] as const).flatMap((act) => {
      const byPerson = refusedAct(cloud, act);
      return [
        { told: { ...byPerson, ...somebody } },
        { told: { ...byPerson, 'detail-type': 'AWS Service Event via CloudTrail' } },
        // Liftlock's own role does this all the time.
        { told: refusedAct(cloud, act, sessionOf(cloud, 'liftlock-reconcile-rollouts')) },
      ];
    }),
    // Machines that are updated, and executions of others.
    { told: refusedAct(cloud, 'UpdateStateMachine') },
    { told: refusedAct(cloud, 'DescribeExecution') },
    { told: { ...stopped, ...somebody }, bus },
    // Accounts of the fleet may put events onto this bus, and Liftlock's own are not theirs to make.
    { told: { ...stopped, account: call.account }, bus },
    { told: { ...stopped, 'detail-type': 'StepChanged' }, bus },
    { told: { ...voted, ...somebody }, bus },
    { told: { ...voted, account: call.account }, bus },
    // What Liftlock itself changes of a wave does not set it going.
    { told: { ...voted, detail: { about: 'gates' } }, bus },
    // And nobody else has people told in Liftlock's name.
    { told: { ...stopped, ...worded, ...somebody }, bus },
    { told: { ...stopped, ...worded, account: call.account }, bus },
  ];
}
