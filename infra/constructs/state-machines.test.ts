import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MACHINE_NAMES, type MachineName, machineTimeoutSeconds } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { listOf, type Resource, readable, resourcesOf, statementsOf } from '../../test/material/infra/template.ts';

interface Verdict {
  readonly isValid: boolean;
  readonly errorsText: (separator?: string) => string;
}
const validate = createRequire(import.meta.url)('asl-validator') as (definition: object) => Verdict;

const { hub, folder } = synthesize();

const machineOf = (name: MachineName): Resource => {
  const found = resourcesOf(hub, 'AWS::StepFunctions::StateMachine').find(
    ({ Properties }) => Properties.StateMachineName === `liftlock-${name}`,
  );
  if (found === undefined) throw new Error(`no machine liftlock-${name}`);
  return found;
};

/** The file that the template points to, with CloudFormation's substitutions. */
function definitionOf(name: MachineName): string {
  const { DefinitionS3Location, DefinitionSubstitutions } = machineOf(name).Properties as {
    DefinitionS3Location: { Key: string };
    DefinitionSubstitutions: Record<string, unknown>;
  };
  const text = readFileSync(join(folder, `asset.${DefinitionS3Location.Key}`), 'utf8');
  return Object.entries(DefinitionSubstitutions).reduce(
    (filled, [key, value]) => filled.replaceAll(`\${${key}}`, key === 'Partition' ? 'aws' : String(readable(value))),
    text,
  );
}

const pascal = (name: string): string => name.replaceAll('-', '');

describe.each(MACHINE_NAMES)('%s', (name) => {
  const text = definitionOf(name);

  test('has every placeholder filled in', () => {
    expect(text).not.toContain('${');
  });

  test('is a valid definition, with the time limit of the contract', () => {
    const definition = JSON.parse(text) as { TimeoutSeconds: number };
    const verdict = validate(definition);
    expect(verdict.isValid ? '' : verdict.errorsText('\n')).toBe('');
    // Machines of one shape share one file, so the file of a step serves all with the same limits.
    expect(definition.TimeoutSeconds).toBe(machineTimeoutSeconds(name));
  });

  test('may call exactly what its file names', () => {
    const { RoleArn } = machineOf(name).Properties as { RoleArn: { 'Fn::GetAtt': [string] } };
    const statements = statementsOf(hub, RoleArn['Fn::GetAtt'][0]);
    const allowed = (action: string) =>
      statements.filter(({ Action }) => listOf(Action).includes(action)).flatMap(({ Resource }) => listOf(Resource));
    const named = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, value]) => value))].sort();

    expect(allowed('lambda:InvokeFunction').sort()).toEqual(named(/"FunctionName": "([^"]+)"/g));
    const children = named(/"StateMachineArn": "([^"]+)"/g);
    expect(allowed('states:StartExecution').sort()).toEqual(children);
    const executions = allowed('states:StopExecution').map((arn) =>
      pascal(/execution:liftlock-(.+):\*$/.exec(arn)?.[1] ?? ''),
    );
    expect(executions.sort()).toEqual(children.map((child) => /^<Machines(\w+)Machine>$/.exec(child ?? '')?.[1]));
    expect(allowed('states:DescribeExecution')).toEqual(allowed('states:StopExecution'));
    expect(allowed('events:PutRule')).toEqual(
      children.length === 0
        ? []
        : ['arn:<Partition>:events:<Region>:<AccountId>:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule'],
    );
  });

  test('is logged without data, and traced', () => {
    expect(machineOf(name).Properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });
});

test('a step machine calls the function of its own name', () => {
  expect(definitionOf('scan-cluster')).toContain('"FunctionName": "<FunctionsscanclusterFunction>"');
  expect(definitionOf('smoke-check')).toContain('"FunctionName": "<FunctionssmokecheckFunction>"');
});

interface TaskState {
  readonly Type: string;
  readonly Arguments?: { readonly StateMachineArn?: string };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Record<'IntervalSeconds' | 'BackoffRate' | 'MaxDelaySeconds' | 'MaxAttempts', number>[];
}

/** Lambda ends every invocation by then, also where a task has no timeout. */
const LONGEST_INVOCATION = 900;

/** The longest time of a task in seconds. A child is waited for once, since only its start is retried; a function is called each time. */
function longest({ Arguments, TimeoutSeconds, Retry = [] }: TaskState): number {
  const [, child] = /<Machines(\w+)Machine>/.exec(Arguments?.StateMachineArn ?? '') ?? [];
  const started = MACHINE_NAMES.find((name) => pascal(name) === child?.toLowerCase());
  const of = started && (JSON.parse(definitionOf(started)) as { TimeoutSeconds: number }).TimeoutSeconds;
  const retries = Retry.flatMap(({ IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }) =>
    Array.from({ length: MaxAttempts }, (_, index) =>
      Math.min(IntervalSeconds * BackoffRate ** index, MaxDelaySeconds),
    ),
  );
  const delays = retries.reduce((sum, delay) => sum + delay, 0);
  return delays + (of ?? (TimeoutSeconds ?? LONGEST_INVOCATION) * (retries.length + 1));
}

test('an upgrade of a cluster has time for each of its steps to take all of its own', () => {
  const definition = JSON.parse(definitionOf('upgrade-cluster')) as {
    TimeoutSeconds: number;
    States: Record<string, TaskState>;
  };
  const tasks = Object.values(definition.States).filter(({ Type }) => Type === 'Task');
  expect(tasks.map(longest).filter((seconds) => seconds > 86_400)).toHaveLength(6);
  expect(definition.TimeoutSeconds).toBeGreaterThan(tasks.reduce((sum, task) => sum + longest(task), 0));
});

test('docs/runbook.md says in both places for how long at most a step is tried again', () => {
  const { States } = JSON.parse(definitionOf('upgrade-control-plane')) as {
    States: { ObserveAndAct: { Retry: { IntervalSeconds: number; MaxAttempts: number; MaxDelaySeconds: number }[] } };
  };
  const retry = States.ObserveAndAct.Retry.at(-1);
  const pauses = Array.from({ length: retry?.MaxAttempts ?? 0 }, (_, at) =>
    Math.min((retry?.IntervalSeconds ?? 0) * 2 ** at, retry?.MaxDelaySeconds ?? 0),
  );
  const minutes = Math.floor(pauses.reduce((sum, seconds) => sum + seconds, 0) / 60);
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  expect([...runbook.matchAll(/for at most (\d+) minutes/g)].map(([, said]) => Number(said))).toEqual([
    minutes,
    minutes,
  ]);
});
