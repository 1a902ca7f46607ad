import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AuditReference } from '../permissions/table-statements.ts';
import type { HubFunction } from './hub-function.ts';

interface AuditAnchorsProps {
  readonly target: HubFunction;
  readonly audit: AuditReference;
  /** Gets where in the stream a batch stood that was given up. */
  readonly failures: Queue;
}

/** So long something new in the audit may wait for its anchor, so that one object holds what happened together. */
const WINDOW = Duration.minutes(1);
const BATCH = 1_000;
/** Tried until the stream is about to forget; the daily sweep anchors what was given up. */
const MAXIMUM_AGE = Duration.hours(20);

/**
 * The audit table's stream, handed to `anchor-audit`. A batch that fails is not halved: it comes again as it was until its anchor is there. Every
 * record comes, without a filter: one of a change is the alarm.
 */
export class AuditAnchors extends Construct {
  constructor(scope: Construct, id: string, { target, audit, failures }: AuditAnchorsProps) {
    super(scope, id);
    const mapping = new CfnEventSourceMapping(this, 'Stream', {
      functionName: target.function.functionArn,
      eventSourceArn: audit.streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH,
      maximumBatchingWindowInSeconds: WINDOW.toSeconds(),
      maximumRecordAgeInSeconds: MAXIMUM_AGE.toSeconds(),
      destinationConfig: { onFailure: { destination: failures.queueArn } },
    });
    // Lambda looks whether the role may read the stream when the mapping is made.
    mapping.node.addDependency(target.role);
  }
}
