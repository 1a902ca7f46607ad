import type { BusEvent } from '../../simulator/cloud/events/event-buses.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { nameOf } from './moment.ts';
import { machineArnOf } from './people.ts';

/** What tools of people do to clusters, and Liftlock does not. */
const BY_OTHERS = [
  'CreateCluster',
  'DeleteCluster',
  'CreateNodegroup',
  'DeleteNodegroup',
  'UpdateNodegroupConfig',
  'CreateAddon',
  'DeleteAddon',
] as const;

export type Told = Pick<BusEvent, 'source' | 'detail-type' | 'detail' | 'account' | 'region'>;

/** CloudTrail tells of a call. */
export function callOf(cluster: string, eventName: string): Told {
  const [, , , region = '', account = ''] = cluster.split(':');
  return {
    source: 'aws.eks',
    'detail-type': 'AWS API Call via CloudTrail',
    account,
    region,
    detail: {
      eventSource: 'eks.amazonaws.com',
      eventName,
      awsRegion: region,
      recipientAccountId: account,
      requestParameters: { name: nameOf(cluster), clusterName: nameOf(cluster) },
    },
  };
}

/** Every kind of call that makes Liftlock look at a cluster again. */
export function tellOfOthers(cloud: LocalCloud, cluster: string): void {
  for (const eventName of BY_OTHERS) tell(cloud, callOf(cluster, eventName));
}

/** An execution whose time is up: nothing here takes so long, so Step Functions' event of it is told of one that ended long ago. */
export function tellOfTimeout(cloud: LocalCloud): void {
  tell(cloud, executionEnded(cloud, 'TIMED_OUT'));
}

export function executionEnded(cloud: LocalCloud, status: string): Told {
  const stateMachineArn = machineArnOf(cloud, 'scan-cluster');
  const [, , , region = '', account = ''] = stateMachineArn.split(':');
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:of-long-ago`;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    account,
    region,
    detail: { executionArn, stateMachineArn, status },
  };
}

/**
 * What was asked of an execution or of a machine, and refused, as CloudTrail tells of it.
 *
 * @param session of a role; absent = an IAM user, who has none
 */
export function refusedAct(cloud: LocalCloud, eventName: string, session?: object): Told {
  const { account, region, detail } = executionEnded(cloud, 'FAILED');
  const { executionArn, stateMachineArn } = detail as { executionArn: string; stateMachineArn: string };
  return {
    source: 'aws.states',
    'detail-type': 'AWS API Call via CloudTrail',
    account,
    region,
    detail: {
      eventSource: 'states.amazonaws.com',
      eventName,
      errorCode: 'AccessDenied',
      userIdentity: {
        arn: `arn:aws:iam::${account}:user/somebody`,
        ...(session === undefined ? {} : { sessionContext: session }),
      },
      requestParameters:
        eventName.endsWith('Execution') && eventName !== 'StartExecution' ? { executionArn } : { stateMachineArn },
      responseElements: null,
    },
  };
}

/** Of a role of the hub's account. */
export function sessionOf(cloud: LocalCloud, role: string): object {
  const arn = `arn:aws:iam::${executionEnded(cloud, 'FAILED').account}:role/${role}`;
  return { sessionIssuer: { type: 'Role', arn, userName: role } };
}

/** @param bus absent = the default one of the event's own account and Region */
export function tell(cloud: LocalCloud, told: Told, bus?: string): void {
  cloud.buses.publish(bus ?? `arn:aws:events:${told.region}:${told.account}:event-bus/default`, {
    version: '0',
    id: cloud.time.uuid(),
    time: `${cloud.clock.now().toISOString().slice(0, 19)}Z`,
    resources: [],
    ...told,
  });
}
