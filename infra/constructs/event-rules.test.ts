import { synthesize } from '../../test/material/infra/synthesize.ts';
import { readable, resourcesOf } from '../../test/material/infra/template.ts';

interface RuleProperties {
  readonly EventPattern: object;
  readonly Targets: readonly {
    readonly Arn: string;
    readonly InputTransformer?: {
      readonly InputPathsMap: Readonly<Record<string, string>>;
      readonly InputTemplate: string;
    };
  }[];
}

const rules = resourcesOf(synthesize().hub, 'AWS::Events::Rule').map(
  ({ Properties }) => readable(Properties) as unknown as RuleProperties,
);

test('people hear of what has words for them, of the hub alone, in words', () => {
  const told = rules.filter(({ Targets }) => Targets.some(({ InputTransformer }) => InputTransformer !== undefined));
  expect(told).toHaveLength(1);
  const [{ EventPattern, Targets } = { EventPattern: {}, Targets: [] }] = told;
  expect(EventPattern).toEqual({
    source: ['liftlock'],
    account: ['<AccountId>'],
    detail: { notice: { what: [{ exists: true }] }, sentTo: [{ exists: false }] },
  });
  expect(Targets).toHaveLength(1);
  const { InputPathsMap = {}, InputTemplate = '' } = Targets[0]?.InputTransformer ?? {};
  const filled = InputTemplate.replaceAll(/<([\w-]+)>/g, (_, name: string) => InputPathsMap[name] ?? '?');
  expect(filled.split('\n').map((line) => JSON.parse(line) as string)).toEqual([
    '$.detail.notice.what',
    'Why: $.detail.notice.why',
    'What to do: $.detail.notice.todo',
    expect.stringMatching(/^Reference: \$\.detail\.notice\.reference \(/),
  ]);
});

/** The patterns of the rules that go to a target with this word in its ARN. */
const patternsTo = (word: string) =>
  rules.filter(({ Targets }) => Targets.some(({ Arn }) => Arn.includes(word))).map(({ EventPattern }) => EventPattern);
const own = { source: ['liftlock'], account: ['<AccountId>'] };

test('the reconciler wakes at what people and versions set in motion, and at every end of an execution', () => {
  const patterns = patternsTo('reconcilerollouts');
  expect(patterns).toHaveLength(5);
  expect(patterns).toContainEqual({
    ...own,
    'detail-type': ['VersionAvailable', 'FleetStopped', 'FleetResumed', 'RolloutChanged', 'BreakGlassChanged'],
  });
  expect(patterns).toContainEqual({ ...own, detail: { about: ['approval', 'promotion'] } });
  // The form of Step Functions (the Step Functions guide, Status change events); a running execution has not ended.
  const status = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];
  expect(patterns).toContainEqual(
    expect.objectContaining({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: expect.objectContaining({ status }),
    }),
  );
  expect(patterns).toContainEqual(
    expect.objectContaining({
      source: ['aws.states'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: expect.objectContaining({ eventName: ['StartExecution'] }),
    }),
  );
  const executionArn = [{ prefix: expect.stringContaining(':execution:liftlock-') }];
  expect(patterns).toContainEqual(
    expect.objectContaining({
      source: ['aws.states'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: expect.objectContaining({
        eventName: ['StopExecution', 'RedriveExecution'],
        requestParameters: { executionArn },
      }),
    }),
  );
});

test('what spokes send goes to the queue of clusters', () => {
  expect(patternsTo('ClustersQueue')).toEqual([
    { source: ['aws.eks', 'aws.health'], 'detail-type': ['AWS API Call via CloudTrail', 'AWS Health Event'] },
  ]);
});
