import type { Command } from 'commander';
import { type Act, outputOption } from '../program.ts';

/** `audit show`, `audit verify` and `audit export`. */
export function registerAudit(program: Command, act: Act): void {
  const audit = program
    .command('audit')
    .description('the record of who did what: fleet, rollout/<id> or cluster/<name>');
  audit
    .command('show <subject>')
    .description('print the record of one subject')
    .addOption(outputOption())
    .action(act(async () => (await import('./show.ts')).auditShow));
  audit
    .command('verify [subject]')
    .description(
      'hold a record, or all of them, against the anchors, on this machine (exit 1 when one was changed, 3 when not all of it is proved)',
    )
    .option('--anchors <place>', 's3://<bucket>, or a folder that holds audit/*.jsonl (default: LIFTLOCK_ANCHORS)')
    .option('--from <folder>', 'a folder that audit export wrote; nothing is asked of AWS')
    .addOption(outputOption())
    .action(act(async () => (await import('./verify.ts')).auditVerify));
  audit
    .command('export [subject]')
    .description('write a record, or all of them, with the anchors into a folder, to be verified anywhere')
    .requiredOption('--to <folder>', 'where to')
    .option('--anchors <place>', 's3://<bucket>, or a folder that holds audit/*.jsonl (default: LIFTLOCK_ANCHORS)')
    .addOption(outputOption())
    .action(act(async () => (await import('./export.ts')).auditExport));
}
