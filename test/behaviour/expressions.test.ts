import parse from 'jsonata-2.0.6';
import { evaluateTemplate, toPlainJson } from '../../simulator/asl/expression/evaluate.ts';
import { EvaluationFailure } from '../../simulator/asl/expression/evaluation-failure.ts';
import { expressionSource, isExpression } from '../../simulator/asl/expression/expression-text.ts';
import { stateFunctions } from '../../simulator/asl/expression/state-functions.ts';
import type { HistoryEvent } from '../../simulator/asl/interpreter/history-event.ts';
import type { Json, JsonObject } from '../../simulator/asl/json/json.ts';
import { machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { DAY, run, smallFleet } from './small-fleet.ts';

// Step Functions documents JSONata 2.0.6; the interpreter evaluates with a later version, and plain paths by itself.
const functions = stateFunctions({ now: DAY, random: () => 0.5, uuid: () => 'u' });

/** What a state saw: variables, and `states` with whatever of input, result and error was there. */
type Seen = JsonObject & { states: JsonObject };

const statesIn = (value: Json | undefined): [string, Json][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, child]) =>
        key === 'States' && typeof child === 'object' && child !== null
          ? [...Object.entries(child), ...Object.values(child).flatMap(statesIn)]
          : statesIn(child),
      );

/** The expressions of a state, without those of the states inside it. */
const expressionsIn = (value: Json): string[] => {
  if (isExpression(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (key === 'States' ? [] : expressionsIn(child)));
};

async function answerHere(expression: string, seen: Seen): Promise<string> {
  try {
    return JSON.stringify(await evaluateTemplate(expression, 'Output', { ...functions, ...seen }));
  } catch (error) {
    if (error instanceof EvaluationFailure) return 'no answer';
    throw error;
  }
}

async function answerOf206(expression: string, seen: Seen): Promise<string> {
  try {
    const answer: unknown = await parse(expressionSource(expression)).evaluate(undefined, { ...functions, ...seen });
    return answer === undefined ? 'no answer' : JSON.stringify(toPlainJson(answer));
  } catch {
    return 'no answer';
  }
}

const parsed = (text: Json | undefined): Json => JSON.parse(String(text));

/** Goes through a history as the execution did, and says in which surroundings each state was left. Node groups come one after the other. */
function statesSeen(execution: JsonObject, history: readonly HistoryEvent[]): { name: string; seen: Seen }[] {
  let variables: JsonObject = {};
  let around = { variables, states: {} as JsonObject };
  let states: JsonObject = {};
  return history.flatMap((event) => {
    const {
      stateEnteredEventDetails: entered,
      taskSucceededEventDetails: succeeded,
      taskFailedEventDetails: failed,
    } = event;
    if (entered) {
      const context = { Execution: execution, State: { RetryCount: 0 } };
      states = { input: parsed(entered.input), context };
    }
    if (succeeded) states.result = parsed(succeeded.output);
    if (failed) states.errorOutput = { Error: failed.error ?? null, Cause: failed.cause ?? '' };
    if (event.type === 'MapStateStarted') around = { variables, states: { ...states, result: [] } };
    if (event.type === 'MapIterationStarted') variables = around.variables;
    if (event.type === 'MapStateSucceeded') ({ variables, states } = around);
    const { stateExitedEventDetails: exited } = event;
    if (event.type === 'FailStateEntered') return [{ name: String(entered?.name), seen: { ...variables, states } }];
    if (!exited) return [];
    if (exited.name === 'NodeGroupDone') (around.states.result as Json[]).push(parsed(exited.output));
    const left = { name: String(exited.name), seen: { ...variables, states } };
    const assigned = Object.entries(exited.assignedVariables ?? {}).map(([name, text]) => [name, parsed(text)]);
    variables = { ...variables, ...Object.fromEntries(assigned) };
    return [left];
  });
}

function everythingSeen(world: World): { machine: string; name: string; seen: Seen }[] {
  return machineDefinitions().flatMap(({ name: machine, arn: machineArn }) =>
    world.runner.listExecutions({ machineArn, maxResults: 1_000 }).executions.flatMap((execution) => {
      const { executionArn, name, startDate } = execution;
      const { events } = world.runner.getExecutionHistory({ executionArn, maxResults: 1_000 });
      const context = { Id: executionArn, Name: name, StartTime: startDate.toISOString() };
      return statesSeen(context, events).map((left) => ({ machine, ...left }));
    }),
  );
}

/** What a run of every day does not see: errors that a function throws until its retries are over, and node groups that end in every way. */
const seldomSeen: Seen[] = [
  { states: { errorOutput: { Error: 'E', Cause: 'c' } } },
  { states: { errorOutput: { Error: 'E' } } },
  ...[[], ['done'], ['blocked', 'failed'], ['parked', 'done', 'parked'], ['failed', 'stopped', 'stopped']].map(
    (statuses) => ({
      states: {},
      results: statuses.map((status, index) => ({
        status,
        reasons: index === 0 ? [] : [{ code: status, message: 'm' }],
        ...(status === 'parked' ? { resumeAt: `2026-01-0${index + 1}T00:00:00Z` } : {}),
      })),
    }),
  ),
];

test('every expression of the machines has one answer here and by JSONata 2.0.6, whatever it was asked about', async () => {
  const nodegroups = [{ name: 'a' }, { name: 'b' }];
  const stuckDrain = {
    clusterName: 'old',
    type: 'VersionUpdate',
    errorCode: 'PodEvictionFailure',
    errorMessage: 'no',
  } as const;
  const world = await smallFleet({
    clusters: ['web', 'old'].map((name) => ({ name, version: '1.36', nodegroups })),
    prepare: (state) => void state.plannedFailures.push({ ...stuckDrain, nodegroupName: 'a' }),
  });
  await run(world);
  const seen = everythingSeen(world);
  const answered = new Set<string>();
  const different: string[] = [];
  for (const { name: machine, definition } of machineDefinitions()) {
    for (const [name, state] of statesIn(definition as Json)) {
      const { Type: _, ...fields } = state as JsonObject;
      const situations = seen.filter((one) => one.machine === machine && one.name === name).map((one) => one.seen);
      for (const expression of new Set(expressionsIn(fields))) {
        for (const situation of [...situations, ...seldomSeen]) {
          const [here, there] = await Promise.all([
            answerHere(expression, situation),
            answerOf206(expression, situation),
          ]);
          if (here !== there) different.push(`${machine} ${name} ${expression}: ${here} here, ${there} there`);
          if (there !== 'no answer') answered.add(expression);
        }
      }
    }
  }
  expect(different).toEqual([]);
  const all = machineDefinitions().flatMap(({ definition }) =>
    statesIn(definition as Json).flatMap(([, state]) => expressionsIn(state)),
  );
  expect(all.filter((expression) => !answered.has(expression))).toEqual([]);
  expect(new Set(all).size).toBeGreaterThan(20);
});
