import type { HistoryEvent } from '../../asl/interpreter/history-event.ts';
import type { ExecutionRecord } from '../../asl/runner/execution-record.ts';
import type { Logs } from '../logs/logs.ts';

/** `LoggingConfiguration` of a state machine in a template. */
export interface LoggingConfiguration {
  readonly Level?: string;
  readonly IncludeExecutionData?: boolean;
  readonly Destinations?: readonly { readonly CloudWatchLogsLogGroup: { readonly LogGroupArn: string } }[];
}

interface Destination {
  readonly groupArn: string;
  readonly withData: boolean;
}

/** "To enable logging with CloudWatch Logs, the name should only contain 0-9, A-Z, a-z, - and _." Source: API reference of StartExecution. */
const LOGGED_NAME = /^[0-9A-Za-z_-]+$/;

/** Members of an event's details with input or output; errors and causes are always logged, as recorded. */
const DATA = /^(input|output|parameters|assignedVariables)(Details)?$/;

/** Writes the histories of executions to the log groups of their state machines, in the recorded form of AWS. */
export class ExecutionLogs {
  readonly #logs: Logs;
  readonly #since: number;
  readonly #destinations = new Map<string, Destination>();
  readonly #written = new Map<string, number>();

  /** Events before `since` were logged in an earlier run of the cloud. */
  constructor(logs: Logs, since: Date) {
    this.#logs = logs;
    this.#since = since.getTime();
  }

  /** Sets how a state machine logs. Throws for the levels ERROR and FATAL. */
  configure(
    machineArn: string,
    { Level = 'OFF', IncludeExecutionData = false, Destinations = [] }: LoggingConfiguration,
  ): void {
    this.#destinations.delete(machineArn);
    const groupArn = Destinations[0]?.CloudWatchLogsLogGroup.LogGroupArn.replace(/:\*$/, '');
    if (Level === 'OFF' || groupArn === undefined) return;
    if (Level !== 'ALL') throw new Error(`the local cloud logs executions at level ALL or OFF, not ${Level}`);
    this.#destinations.set(machineArn, { groupArn, withData: IncludeExecutionData });
  }

  /** Writes the events since the last call. */
  write({ execution }: ExecutionRecord): void {
    const { arn, name, stateMachineArn, stateMachineName, history, status, redriven } = execution;
    const destination = this.#destinations.get(stateMachineArn);
    if (destination === undefined || !LOGGED_NAME.test(name)) return;
    for (const event of history.slice(this.#written.get(arn) ?? 0)) {
      const at = new Date(event.timestamp);
      if (at.getTime() < this.#since) continue;
      const message = JSON.stringify(
        messageOf(event, at, { executionArn: arn, withData: destination.withData, redrives: redriven?.count ?? 0 }),
      );
      this.#logs.write(destination.groupArn, `states/${stateMachineName}`, at, message);
    }
    // A failed execution may be redriven, and then continues the same history.
    if (status === 'SUCCEEDED') this.#written.delete(arn);
    else this.#written.set(arn, history.length);
  }
}

function messageOf(
  event: HistoryEvent,
  at: Date,
  { executionArn, withData, redrives }: { executionArn: string; withData: boolean; redrives: number },
): object {
  const { id, type, previousEventId, timestamp: _, ...members } = event;
  const [details = {}] = Object.values(members);
  return {
    id: String(id),
    type,
    details: Object.fromEntries(Object.entries(details).filter(([name]) => withData || !DATA.test(name))),
    previous_event_id: String(previousEventId),
    event_timestamp: String(at.getTime()),
    execution_arn: executionArn,
    redrive_count: String(redrives),
  };
}
