import { synthesize } from '../testing/synthesize.ts';
import { readable, resourcesOf } from '../testing/template.ts';

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
    detail: { notice: { what: [{ exists: true }] } },
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
