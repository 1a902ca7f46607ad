import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { allow } from '../permissions/table-statements.ts';
import type { HubFunction } from './hub-function.ts';

interface AsynchronousCallsProps {
  readonly target: HubFunction;
  /** Absent = a call that failed is forgotten, since the next one does the same. */
  readonly failures?: Queue;
}

const MAXIMUM_AGE_SECONDS = 300;

/**
 * How Lambda treats calls by events and schedules: none is tried again, since the next tick looks at everything anyway, and one that waited for
 * five minutes is too old to be of use.
 */
export class AsynchronousCalls extends Construct {
  constructor(scope: Construct, id: string, { target, failures }: AsynchronousCallsProps) {
    super(scope, id);
    const config = new CfnEventInvokeConfig(this, 'Config', {
      functionName: target.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS,
      ...(failures === undefined ? {} : { destinationConfig: { onFailure: { destination: failures.queueArn } } }),
    });
    if (failures === undefined) {
      acknowledge(config, {
        'Serverless-LambdaAsyncFailureDestination':
          'A lost tick loses nothing: the next one, a minute later, reads the same table. Alarms watch its heartbeat and its errors; a queue of old wake-ups would only be noise.',
      });
      return;
    }
    target.role.addToPolicy(allow('Failures', ['sqs:SendMessage'], [failures.queueArn]));
  }
}
