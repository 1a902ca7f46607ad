import { accessReport } from '../../simulator/cloud/access-report.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** What the local cloud itself has to complain of: permissions, functions that threw, letters that nobody took, notes. */
export function cloudProblems(cloud: LocalCloud, notes: readonly string[]): string[] {
  const { missing, ineffective, problems } = accessReport(cloud);
  const faults = new Set(
    cloud.faults
      .filter(({ error }) => !isPassing(error))
      .map(({ function: name, error }) => `${name} failed with ${error.name}: ${error.message}`),
  );
  const undelivered = cloud.queues
    .all()
    .filter(({ options, messages }) => messages.length > 0 && options.redrive === undefined)
    .map(({ options, messages }) => `${messages.length} messages lie in ${cloud.wiring.nameOf(options.arn)}`);
  return [
    ...missing,
    ...ineffective.map((grant) => `can never match: ${grant}`),
    ...problems.map((problem) => `not understood by IAM: ${problem}`),
    ...faults,
    ...undelivered,
    ...notes,
  ];
}

/** Throttles and lost races are a day's work; each is tried again. */
const isPassing = ({ name }: Error): boolean => /Throttling|TooManyRequests|TransactionConflict/.test(name);
