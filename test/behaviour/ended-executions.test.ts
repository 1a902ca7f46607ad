import { compileEventPattern } from '../../simulator/cloud/events/event-pattern.ts';
import { machineDefinitions } from '../../simulator/process/machines.ts';
import { synthesize } from '../material/infra/synthesize.ts';
import { readable, resourcesOf } from '../material/infra/template.ts';
import { hours, smallFleet, upgradesOf } from './small-fleet.ts';

const ARN = 'arn:aws:states:eu-central-1:999999999999:stateMachine:liftlock-upgrade-cluster';

/** The pattern of the stack, for one machine of a known name. */
function patternOfStack(): (detail: object) => boolean {
  const patterns = resourcesOf(synthesize().hub, 'AWS::Events::Rule')
    .map(
      ({ Properties }) =>
        (readable(Properties) as { EventPattern: { 'detail-type'?: string[]; detail: object } }).EventPattern,
    )
    .filter((pattern) => pattern['detail-type']?.includes('Step Functions Execution Status Change'));
  expect(patterns).toHaveLength(1);
  const [pattern] = patterns;
  const matches = compileEventPattern({ ...pattern, detail: { ...pattern?.detail, stateMachineArn: [ARN] } });
  return (detail) =>
    matches({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: 'e', stateMachineArn: ARN, status: 'SUCCEEDED', ...detail },
    });
}

/** `AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID` is what AWS has nested executions called by (Step Functions developer guide, "Start workflow executions from a task state"). */
const nested = JSON.stringify({ cluster: 'c', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:…:parent' });

it.each([
  ['an upgrade', { input: '{"cluster":"c"}' }, true],
  ['a step that a person started, with a comment', { input: '{"comment":"STARTED_BY hand"}' }, true],
  ['a step of an upgrade', { input: nested }, false],
  ['an upgrade whose input was too long for the event', { input: null }, true],
  ['one without input', {}, true],
  ['one that has only begun', { input: '{}', status: 'RUNNING' }, false],
])('the end of %s wakes the reconciler: %s → %s', (_, detail, expected) => {
  expect(patternOfStack()(detail)).toBe(expected);
});

describe('who concludes', () => {
  const wrong = { nodegroups: [{ name: 'workers', amiType: 'AL2_x86_64' }] };

  test.each([
    ['done leaves that to the upgrade that it runs in', { nodegroups: [{ name: 'workers' }] }, 'Succeeded', []],
    ['blocked says so itself, and how it ended', wrong, 'Blocked', ['scan-cluster']],
  ])('a step that is %s', async (_, cluster, status, concluded) => {
    const world = await smallFleet({ clusters: [{ name: 'shop', version: '1.36', ...cluster }], policy: {} });
    await hours(world, 4);
    expect(await upgradesOf(world)).toMatchObject([{ status }]);
    const machines = machineDefinitions().filter(
      ({ name }) => name !== 'upgrade-cluster' && name !== 'roll-node-group',
    );
    const asked = machines.filter(({ arn: machineArn }) =>
      world.runner.listExecutions({ machineArn, maxResults: 1_000 }).executions.some(({ executionArn }) => {
        const { events } = world.runner.getExecutionHistory({ executionArn, maxResults: 1_000 });
        return events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === 'Conclude');
      }),
    );
    expect(asked.map(({ name }) => name)).toEqual(concluded);
  });
});
