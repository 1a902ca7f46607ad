import { findCli, type Outcome, printedError, runCli } from '../../../test/refusals/aws-cli.ts';
import { commandLine } from '../../../test/refusals/command-line.ts';
import type { Refusal } from '../../../test/refusals/refusal.ts';
import { refusals } from '../../../test/refusals/refusals-table.ts';
import { refuse } from '../../../test/refusals/refuse.ts';

const found = await findCli();
if ('missing' in found) {
  test(`not run with the AWS CLI: ${found.missing}`, () => {});
} else {
  describe(`${found.version}, once per rule, prints that EKS refuses`, () => {
    const called = refusals.filter(({ alike }) => alike === undefined);
    const outcomes = new Map<Refusal, Outcome>();
    beforeAll(async () => {
      const left = [...called];
      const worker = async () => {
        for (let refusal = left.shift(); refusal !== undefined; refusal = left.shift()) {
          const { operation } = refusal;
          const call = (input: object, origin: string) => runCli(commandLine(operation, input), origin);
          outcomes.set(refusal, await refuse(refusal, call));
        }
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
    }, 180_000);

    const outcomeOf = (refusal: Refusal): Outcome => outcomes.get(refusal) as Outcome;
    const sent = called.filter(({ cli }) => cli === undefined);
    const unsent = called.flatMap((refusal) => (refusal.cli === undefined ? [] : [{ ...refusal.cli, refusal }]));

    test('most of them are known to this version', () => {
      expect(sent.filter((refusal) => isUnknown(outcomeOf(refusal))).length).toBeLessThan(sent.length / 5);
    });

    test.each(sent)('$name', (refusal) => {
      const outcome = outcomeOf(refusal);
      if (isUnknown(outcome)) return;
      const { operation, error, message } = refusal;
      expect(printedError(outcome) ?? outcome).toEqual({ error, operation, message: expect.stringMatching(message) });
      expect([254, 255]).toContain(outcome.status);
      expect(outcome.output).toBe('');
    });

    test.each(unsent)('$refusal.name, or does not send it: $reason', ({ refusal, words, until }) => {
      const outcome = outcomeOf(refusal);
      expect(outcome.status).not.toBe(0);
      if (until !== undefined && printedError(outcome)?.error === refusal.error) return;
      expect(outcome.errors).toMatch(words);
    });
  });
}

/** A CLI that is older than an operation or one of its members cannot send it: Debian's lacks EKS's additions since 2023. */
const isUnknown = ({ status, errors }: Outcome): boolean =>
  status === 252 && /^(Unknown options: |aws: error: argument operation: Invalid choice)/m.test(errors);
