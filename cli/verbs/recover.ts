import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import { readChain } from '../../core/anchors/read-chain.ts';
import { errorMessage, errorName, namedError } from '../../core/contracts/errors.ts';
import { personOf } from '../../core/model/principal.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import { anchorFiles } from '../audit/records.ts';
import { type ExitCode, Failure } from '../command/failure.ts';
import { instantOf } from '../command/instant.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';

interface RecoverOptions extends OutputOption {
  readonly items: string;
  readonly audit: string;
  readonly restoredTo: string;
  readonly mutatorsOffSince: string;
  readonly by: string;
  /** `s3://<bucket>` or a folder; LIFTLOCK_ANCHORS when absent. */
  readonly anchors?: string;
  readonly acceptBrokenAudit?: boolean;
}

/**
 * Brings a table that was restored to an earlier point up to date from the audit, and fences executions that started before the restore
 * (docs/runbook.md, Restore of the table). It calls DynamoDB itself, because the API must not be able to do this.
 */
export async function recover(session: Session, options: RecoverOptions): Promise<ExitCode> {
  const anchors = readChain((await anchorFiles(session, options.anchors)) ?? []);
  const details = {
    anchors,
    restoredTo: instantOf(options.restoredTo, '--restored-to'),
    mutatorsOffSince: instantOf(options.mutatorsOffSince, '--mutators-off-since'),
    by: person(options.by),
    acceptBrokenAudit: options.acceptBrokenAudit === true,
  };
  const table = createDynamoTable({ items: options.items, audit: options.audit });
  const recovered = await recoverAfterRestore({ table, clock: { now: () => new Date() } }, details).catch((error) => {
    throw refusal(error, options);
  });
  return print(session, options.output, recovered, () => [
    ...(anchors.newest === 0
      ? ['The audit was held against no anchors (--anchors, LIFTLOCK_ANCHORS), only against itself.']
      : []),
    `${recovered.folded} items were brought up to date. The epoch is ${recovered.epoch}: what began before it commits nothing any more.`,
    'The fleet is stopped. Point the hub at this table, look around, then run: liftlock fleet resume',
  ]);
}

const REFUSED = new Set(['TableDenied', 'ResourceNotFoundException', 'ValidationException', 'AccessDeniedException']);

/** Whoever recovers types two names of tables, and DynamoDB does not say which of them it refuses. */
function refusal(error: unknown, { items, audit }: RecoverOptions): unknown {
  if (!REFUSED.has(errorName(error))) return error;
  return new Failure(
    `liftlock: DynamoDB refuses this (${errorName(error)}: ${errorMessage(error)}). --items has to name the restored table, with its indexes, and --audit the table of the audit, both in the Region of AWS_REGION; here they are ${items} and ${audit}. Whoever runs this reads and writes both.`,
  );
}

/** A recovery does not use the API, so nothing else names the person. */
function person(by: string): string {
  if (personOf(by.trim()) !== undefined && by.trim() !== '') return by.trim();
  throw namedError(
    'InvalidInput',
    `--by is "${by}", which is no person; write your own name, such as ana@example.com.`,
  );
}
