import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

interface LogEvent {
  readonly at: number;
  readonly message: string;
}

/** Events that a stream keeps; older ones are dropped, because a fleet of thousands writes millions. */
const KEPT = 2_000;

/** CloudWatch Logs with the output of functions, by group and stream. */
export class Logs {
  readonly #groups = new Map<string, Map<string, LogEvent[]>>();

  addGroup(arn: string): void {
    const key = arn.replace(/:\*$/, '');
    if (!this.#groups.has(key)) this.#groups.set(key, new Map());
  }

  /** An unknown group keeps nothing, as on AWS. */
  write(groupArn: string, stream: string, at: Date, message: string): void {
    const streams = this.#groups.get(groupArn);
    if (streams === undefined) return;
    const events = streams.get(stream) ?? [];
    events.push({ at: at.getTime(), message });
    if (events.length > KEPT) events.shift();
    streams.set(stream, events);
  }

  groupsOf(account: string, region: string): readonly string[] {
    const prefix = `arn:aws:logs:${region}:${account}:log-group:`;
    return [...this.#groups.keys()].filter((arn) => arn.startsWith(prefix)).map((arn) => arn.slice(prefix.length));
  }

  streams(
    name: string,
    { account, region }: { account: string; region: string },
  ): ReadonlyMap<string, readonly LogEvent[]> {
    const streams = this.#groups.get(`arn:aws:logs:${region}:${account}:log-group:${name}`);
    if (streams === undefined)
      throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
    return streams;
  }
}

const PAGE = 1_000;

export function logOperations(logs: Logs): Operations {
  return {
    DescribeLogGroups: ({ logGroupNamePrefix = '' }: { logGroupNamePrefix?: string }, context: OperationContext) => ({
      logGroups: logs
        .groupsOf(context.account, context.region)
        .filter((logGroupName) => logGroupName.startsWith(logGroupNamePrefix))
        .map((logGroupName) => ({
          logGroupName,
          arn: `arn:aws:logs:${context.region}:${context.account}:log-group:${logGroupName}:*`,
        })),
    }),
    DescribeLogStreams: ({ logGroupName = '' }: { logGroupName?: string }, context: OperationContext) => ({
      logStreams: [...logs.streams(logGroupName, context)].map(([logStreamName, events]) => ({
        logStreamName,
        firstEventTimestamp: events[0]?.at,
        lastEventTimestamp: events.at(-1)?.at,
      })),
    }),
    GetLogEvents: (
      input: { logGroupName?: string; logStreamName: string; startTime?: number; endTime?: number; limit?: number },
      context: OperationContext,
    ) => {
      const events = logs.streams(input.logGroupName ?? '', context).get(input.logStreamName);
      if (events === undefined)
        throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
      return {
        events: events
          .filter(within(input))
          .slice(-(input.limit ?? PAGE))
          .map(({ at, message }) => ({ timestamp: at, message, ingestionTime: at })),
      };
    },
    FilterLogEvents: (
      input: {
        logGroupName?: string;
        logStreamNames?: readonly string[];
        logStreamNamePrefix?: string;
        startTime?: number;
        endTime?: number;
        filterPattern?: string;
        limit?: number;
      },
      context: OperationContext,
    ) => {
      const { filterPattern = '', limit = PAGE, logStreamNames, logStreamNamePrefix = '' } = input;
      const terms = termsOf(filterPattern);
      const streams = [...logs.streams(input.logGroupName ?? '', context)].filter(
        ([name]) => name.startsWith(logStreamNamePrefix) && (logStreamNames?.includes(name) ?? true),
      );
      const events = streams.flatMap(([logStreamName, entries]) =>
        entries
          .filter(within(input))
          .filter(({ message }) => terms.every((term) => message.includes(term)))
          .map(({ at, message }) => ({ logStreamName, timestamp: at, message, ingestionTime: at })),
      );
      return { events: events.sort((a, b) => a.timestamp - b.timestamp).slice(0, limit), searchedLogStreams: [] };
    },
  };
}

const within =
  ({ startTime = 0, endTime = Number.POSITIVE_INFINITY }: { startTime?: number; endTime?: number }) =>
  ({ at }: LogEvent): boolean =>
    at >= startTime && at < endTime;

/** Plain terms and quoted phrases, which a message must all contain. The rest of the pattern language is refused, because it would match wrongly. */
function termsOf(pattern: string): string[] {
  const terms = pattern.match(/"[^"]*"|\S+/g) ?? [];
  if (terms.some((term) => /^[?{[%-]/.test(term)))
    throw new AwsFault('InvalidParameterException', 'The local cloud filters by plain terms only.');
  return terms.map((term) => term.replaceAll('"', ''));
}
