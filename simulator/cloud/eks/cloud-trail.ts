import type { FakeEks } from '../../eks/fake-eks.ts';
import type { BusEvent, EventBuses } from '../events/event-buses.ts';
import type { OperationContext } from '../operation.ts';
import { cloudTrailDetail } from './eks-operations.ts';

/** Puts the changes of EKS onto the default bus of the account and Region, as CloudTrail does within minutes of the call. */
export class CloudTrail {
  readonly #eks: FakeEks;
  readonly #buses: EventBuses;
  readonly #uuid: () => string;
  #told: number;

  constructor(eks: FakeEks, buses: EventBuses, uuid: () => string) {
    this.#eks = eks;
    this.#buses = buses;
    this.#uuid = uuid;
    this.#told = eks.state.mutations.length;
  }

  /** Publishes every mutation since the last call. */
  tell(): void {
    const { mutations } = this.#eks.state;
    for (; this.#told < mutations.length; this.#told++) {
      const mutation = mutations[this.#told];
      if (mutation === undefined) continue;
      const { account, region } = mutation;
      this.#publish(account, region, {
        'detail-type': 'AWS API Call via CloudTrail',
        source: 'aws.eks',
        at: mutation.at,
        detail: cloudTrailDetail(mutation),
      });
    }
  }

  /**
   * Publishes that an execution was started, stopped or redriven over the wire, without its input. Source:
   * https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cloud-trail.html
   */
  tellOfExecution(
    eventName: string,
    requestParameters: object,
    responseElements: object,
    { account, region, now, principalArn }: OperationContext,
  ): void {
    const [, ofAccount, role] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(principalArn) ?? [];
    const issuer = { type: 'Role', arn: `arn:aws:iam::${ofAccount}:role/${role}`, userName: role };
    this.#publish(account, region, {
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.states',
      at: now.getTime(),
      detail: {
        eventSource: 'states.amazonaws.com',
        eventName,
        userIdentity: {
          type: role === undefined ? 'IAMUser' : 'AssumedRole',
          arn: principalArn,
          ...(role === undefined ? {} : { sessionContext: { sessionIssuer: issuer } }),
        },
        requestParameters,
        responseElements,
      },
    });
  }

  /** Publishes clusters whose version loses its standard support. Source: facts: eks.md §9.2. */
  tellOfLifecycle(account: string, region: string, clusterArns: readonly string[], at: number): void {
    this.#publish(account, region, {
      'detail-type': 'AWS Health Event',
      source: 'aws.health',
      at,
      detail: {
        service: 'EKS',
        eventTypeCode: 'AWS_EKS_PLANNED_LIFECYCLE_EVENT',
        eventTypeCategory: 'scheduledChange',
        affectedEntities: clusterArns.map((entityValue) => ({ entityValue })),
      },
    });
  }

  #publish(
    account: string,
    region: string,
    event: Pick<BusEvent, 'detail-type' | 'source' | 'detail'> & { readonly at: number },
  ): void {
    const { at, ...said } = event;
    this.#buses.publish(`arn:aws:events:${region}:${account}:event-bus/default`, {
      version: '0',
      id: this.#uuid(),
      account,
      region,
      time: `${new Date(at).toISOString().slice(0, 19)}Z`,
      resources: [],
      ...said,
    });
  }
}
