import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

interface Line {
  readonly level?: string;
  readonly message?: string;
  readonly errorName?: string;
  readonly errorMessage?: string;
}

interface Event {
  readonly execution_arn: string;
}

/** What the functions of the hub logged beside their daily work: what they catch themselves fails nowhere else. Each once. */
export function logWarnings({ logs, options }: LocalCloud): string[] {
  const [hub] = options.stacks;
  if (hub === undefined) return [];
  const lines = logs
    .groupsOf(hub.account, hub.region)
    .flatMap((group) =>
      [...logs.streams(group, hub).values()].flatMap((events) => events.map((event) => ({ group, event }))),
    );
  return [...new Set(lines.flatMap(({ group, event }) => warning(group.split('/').at(-1) ?? group, event.message)))];
}

function warning(from: string, text: string): string[] {
  // Functions log JSON; what else there is comes from the runtime, which writes when something is badly wrong.
  if (!text.startsWith('{')) return [`${from} wrote: ${text}`];
  const { level, message, errorName, errorMessage } = JSON.parse(text) as Line;
  if (level !== 'WARN' && level !== 'ERROR') return [];
  return [`${from} logged: ${[message, errorName, errorMessage].filter((part) => part !== undefined).join(' ')}`];
}

/** Executions of Liftlock's machines that left no log: Step Functions logs none whose name has another character than letters, digits, `-` and `_`. */
export function unlogged({ logs, options, runner }: LocalCloud): string[] {
  const [hub] = options.stacks;
  if (hub === undefined) return [];
  const own = runner.machines.records().filter(({ name }) => name.startsWith('liftlock-'));
  return own.flatMap(({ arn, name }) => {
    const events = [...logs.streams(`/aws/vendedlogs/states/${name}`, hub).values()].flat();
    const logged = new Set(events.map(({ message }) => (JSON.parse(message) as Event).execution_arn));
    return runner
      .listExecutions({ machineArn: arn, maxResults: 1_000 })
      .executions.filter(({ executionArn }) => !logged.has(executionArn))
      .map((execution) => `${execution.executionArn} has no log`);
  });
}
